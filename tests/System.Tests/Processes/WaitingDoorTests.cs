using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Aitbc.Host.Roles;
using Xunit;

namespace System.Tests.Processes;

/// <summary>A role that takes long to get ready.</summary>
public sealed class WaitingDoorTests
{
    [Fact]
    public async Task A_port_says_that_its_role_is_starting_and_is_free_when_the_role_is_ready()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        var port = Ports.Free();
        var url = new Uri($"http://127.0.0.1:{port}");
        var work = new TaskCompletionSource();
        var waiting = WaitingDoor.WhileAsync(
            work.Task, RoleTable.All.First(r => r.Name == RoleTable.Node),
            new RoleSettings(url, JsonSerializer.SerializeToElement(new { })), late.Token);
        using var http = new HttpClient { BaseAddress = url };
        using var answer = await AnswerAsync(http, late.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(
            """{"status":"starting","role":"node","retryable":true}""",
            await answer.Content.ReadAsStringAsync(late.Token));
        work.SetResult();
        await waiting;
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }

    [Fact]
    public async Task A_role_that_cannot_get_ready_says_why()
    {
        var settings = new RoleSettings(
            new Uri($"http://127.0.0.1:{Ports.Free()}"), JsonSerializer.SerializeToElement(new { }));
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => WaitingDoor.WhileAsync(
            Task.FromException(new InvalidDataException("damaged")), RoleTable.All[0], settings, default));
        Assert.Equal("damaged", failure.Message);
    }

    private static async Task<HttpResponseMessage> AnswerAsync(HttpClient http, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await http.GetAsync("/health", cancel);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, cancel);
            }
        }
    }
}
