using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Services.Tests.Provider.Container;

/// <summary>
/// What the engine of containers refuses, and what it does when Docker is not there or does not do as told.
/// </summary>
public sealed class ContainerEngineTests : IDisposable
{
    private static readonly string Image = "registry.example/tool@sha256:" + new string('a', 64);
    private static readonly string Other = "registry.example/tool@sha256:" + new string('b', 64);
    private readonly string _folder = Directory.CreateTempSubdirectory("aitbc-containers-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Uri Socket => new($"unix://{_folder}/docker.sock");

    [Fact]
    public void Only_named_images_within_the_limits_are_run()
    {
        using var containers = new Containers(Socket, Image, _folder, l => l.MaxSeconds = 60);
        using var generous = new Containers(Socket, Image, _folder, l => l.NetworkAllowed = l.GpuAllowed = true);
        string? Problem(Func<ContainerSpec, ContainerSpec> change) =>
            containers.Engine.Problem(containers.Spec(["x"], [], change));

        Assert.Null(Problem(s => s));
        Assert.Contains("that image", Problem(s => s with { Image = Other }), StringComparison.Ordinal);
        Assert.Contains("no network", Problem(s => s with { Network = true }), StringComparison.Ordinal);
        Assert.Contains("no graphics", Problem(s => s with { Gpu = true }), StringComparison.Ordinal);
        Assert.Contains("maxSeconds", Problem(s => s with { MaxSeconds = 61 }), StringComparison.Ordinal);
        Assert.Contains("maxMemoryMib", Problem(s => s with { MaxMemoryMib = 4096 }), StringComparison.Ordinal);
        Assert.Contains("maxCpuMillis", Problem(s => s with { MaxCpuMillis = 4000 }), StringComparison.Ordinal);
        Assert.Contains("maxPids", Problem(s => s with { MaxPids = 1000 }), StringComparison.Ordinal);
        Assert.Null(generous.Engine.Problem(generous.Spec(["x"], [], s => s with { Network = true, Gpu = true })));
    }

    [Theory]
    [InlineData("tool:latest")]
    [InlineData("tool@sha256:abc")]
    [InlineData("--privileged@sha256:")]
    [InlineData("a b@sha256:")]
    [InlineData("a@b@sha256:")]
    [InlineData("@sha256:")]
    public void What_does_not_pin_an_image_is_none(string image)
    {
        var digits = image.EndsWith(':') ? new string('a', 64) : "";
        Assert.False(ContainerSpec.IsImage(image + digits));
        Assert.False(ContainerSpec.IsImage("tool@sha256:" + new string('A', 64)));
        Assert.True(ContainerSpec.IsImage("sha256:" + new string('a', 64)));
        Assert.True(ContainerSpec.IsImage(Image));
    }

    [Fact]
    public void A_specification_is_bounded_and_every_part_of_it_is_in_its_hash()
    {
        using var containers = new Containers(Socket, Image, _folder);
        Func<ContainerSpec, ContainerSpec>[] good =
        [
            s => s, s => s with { Image = Other }, s => s with { InputHash = Keccak256.Hash([9]) },
            s => s with { Command = ["x", "y"] }, s => s with { Command = ["x y"] }, s => s with { Env = ["A=1"] },
            s => s with { MaxSeconds = 21 }, s => s with { MaxMemoryMib = 65 }, s => s with { MaxCpuMillis = 1001 },
            s => s with { MaxPids = 65 }, s => s with { MaxOutputBytes = 1 }, s => s with { Gpu = true },
            s => s with { Network = true },
        ];
        Func<ContainerSpec, ContainerSpec>[] bad =
        [
            s => s with { Image = null! }, s => s with { Command = [null!] }, s => s with { Command = ["a\0b"] },
            s => s with { Command = [new string('x', 16_384)] }, s => s with { Env = ["novalue"] },
            s => s with { Env = ["=x"] }, s => s with { Env = ["1A=x"] }, s => s with { Env = ["A B=x"] },
            s => s with { MaxSeconds = 0 }, s => s with { MaxSeconds = 86_401 }, s => s with { MaxMemoryMib = 7 },
            s => s with { MaxCpuMillis = 9 }, s => s with { MaxPids = 0 },
            s => s with { MaxOutputBytes = ContainerSpec.LargestOutput + 1 },
        ];

        Assert.All(good, g => Assert.Null(containers.Spec(["x"], [], g).Problem()));
        Assert.Equal(good.Length, good.Select(g => containers.Spec(["x"], [], g).Hash()).Distinct().Count());
        Assert.All(bad, b => Assert.NotNull(containers.Spec(["x"], [], b).Problem()));
        var spec = containers.Spec(["x"], []);
        Assert.Equal(20UL, spec.WorstCaseUnits());
        Assert.Equal([spec.Container!.InputHash], spec.Blobs());
        Assert.NotNull((spec with { Engine = "wasm" }).Problem());
        var again = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(spec, MarketJson.Default.JobSpec), MarketJson.Default.JobSpec)!;
        Assert.Equal(spec.Hash(), again.Hash());
    }

    [Fact]
    public void Containers_of_one_image_are_a_class_and_those_with_graphics_processors_another()
    {
        using var containers = new Containers(Socket, Image, _folder);
        var plain = ResourceClass.Of(containers.Spec(["x"], []))!;
        var gpu = ResourceClass.Of(containers.Spec(["x"], [], s => s with { Gpu = true }))!;

        Assert.Equal(("container/sha256:" + new string('a', 64), "second", "container"),
            (plain.Name, plain.UnitKind, plain.Engine));
        Assert.Equal("container-gpu/sha256:" + new string('a', 64), gpu.Name);
        Assert.Null(ResourceClass.TryParse("container/tool"));
        Assert.Null(ResourceClass.TryParse("container/" + Image));
    }

    [Fact]
    public async Task Without_a_socket_nothing_is_offered_and_a_job_ends_typed()
    {
        using var containers = new Containers(Socket, Image, _folder);

        Assert.Empty(await containers.Engine.LookAsync(Stop));
        var outcome = await containers.RunAsync(containers.Spec(["x"], []), [], Stop);

        Assert.Equal(EngineEnds.EngineUnreachable, outcome.End);
    }

    [Fact]
    public async Task An_engine_that_does_not_keep_the_limits_starts_nothing_and_its_container_is_removed()
    {
        var calls = new List<string>();
        await using var docker = await StartAsync(calls);
        using var containers = new Containers(Socket, Image, _folder);

        var outcome = await containers.RunAsync(containers.Spec(["x"], []), [], Stop);

        Assert.Equal(EngineEnds.EngineFault, outcome.End);
        Assert.Contains("the limit of memory", outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(calls, c => c.EndsWith("/start", StringComparison.Ordinal));
        Assert.Contains(calls, c => c.StartsWith("DELETE /containers/aitbc-", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Speaks as Docker does, and forgets the limit of memory.</summary>
    private async Task<WebApplication> StartAsync(List<string> calls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(Socket.LocalPath));
        var app = builder.Build();
        app.Run(async http =>
        {
            var call = $"{http.Request.Method} {http.Request.Path}";
            lock (calls)
                calls.Add(call);
            http.Response.StatusCode = call switch
            {
                "POST /containers/create" => 201,
                _ when http.Request.Method == "DELETE" => 204,
                _ => 200,
            };
            var body = call switch
            {
                "GET /containers/json" => "[]",
                "POST /containers/create" => """{"Id":"c1","Warnings":["no memory limit support"]}""",
                _ when call.StartsWith("GET /images/", StringComparison.Ordinal) =>
                    $$"""{"Id":"sha256:{{new string('b', 64)}}","RepoDigests":["{{Image}}"]}""",
                _ when call.StartsWith("GET /containers/", StringComparison.Ordinal) => """
                    {"Id":"c1","HostConfig":{"NetworkMode":"none","ReadonlyRootfs":true,"PidsLimit":64,"Memory":0}}
                    """,
                _ => "",
            };
            if (body.Length > 0)
                http.Response.ContentType = "application/json";
            if (http.Response.StatusCode != 204)
                await http.Response.WriteAsync(body);
        });
        await app.StartAsync();
        return app;
    }
}
