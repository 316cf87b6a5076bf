using System.Diagnostics;
using Aitbc.Provider.Gpu;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Provider.Gpu;

/// <summary>A program that says what nvidia-smi would say of one small device.</summary>
internal static class FakeSmi
{
    public const string Device = "NVIDIA Test 2M";

    public static async Task<string> WriteAsync(string folder, string memoryMib = "2")
    {
        var program = Path.Combine(folder, "nvidia-smi");
        await File.WriteAllTextAsync(
            program,
            $"#!/bin/sh\necho 0, {Device}, 550.54, {memoryMib}, 1, 2, 30\n",
            TestContext.Current.CancellationToken);
        using var chmod = Process.Start("chmod", ["+x", program]);
        await chmod.WaitForExitAsync(TestContext.Current.CancellationToken);
        return program;
    }

    /// <summary>In place of the one that is looked for on this machine.</summary>
    public static void Use(IServiceCollection services, string program) => services.AddSingleton(
        s => new NvidiaSmi(s.GetRequiredService<TimeProvider>(), program));
}
