using System.Text.Json;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Gpu;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>
/// What this machine says of its graphics processors, and the challenge with which anybody can check it.
/// </summary>
internal static class GpuDoor
{
    private const int MostBodyBytes = 4096;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/gpus", GpusAsync);
        routes.MapPost("/v1/gpus/challenge", ChallengeAsync);
    }

    private static async Task<IResult> GpusAsync(
        GpuDetection detection, GpuChallenges challenges, GpuStanding standing, CancellationToken cancellation)
    {
        var found = await detection.DetectAsync(cancellation);
        var last = challenges.Last;
        var answer = new GpusAnswer(
            found.Source,
            [.. found.Devices.Select(d => new GpuAnswer(
                d.Index, d.Name, d.Driver, d.MemoryBytes, d.MemoryUsedBytes, d.LoadPercent, d.TemperatureCelsius,
                d.Processes, IsOf(last, d) ? "proven" : "claimed"))],
            challenges.Accelerator.Backend,
            challenges.Accelerator.Name,
            challenges.MostBytes,
            last is null ? null : Proof(last),
            standing.Newest());
        return Results.Json(answer, DoorJson.Default.GpusAnswer);
    }

    private static async Task<IResult> ChallengeAsync(HttpContext http, GpuChallenges challenges)
    {
        var work = await ReadAsync(http)
            ?? throw Refusals.Of(
                ProblemCodes.InvalidRequest, 400, "The body must be {seed, lanes, steps} of a challenge.");
        var (proof, results) = await challenges.AnswerAsync(work, http.RequestAborted);
        return Results.Json(
            new ChallengeAnswer(Proof(proof), Convert.ToBase64String(results)), DoorJson.Default.ChallengeAnswer);
    }

    private static async Task<GpuWork?> ReadAsync(HttpContext http)
    {
        var body = new byte[MostBodyBytes];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, false, http.RequestAborted);
        try
        {
            return length < body.Length
                ? JsonSerializer.Deserialize(body.AsSpan(0, length), DoorJson.Default.GpuWork) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The driver of the detection and that of the work call a device by the same name.</summary>
    private static bool IsOf(GpuProof? proof, GpuDevice device) =>
        proof is { Backend: not "cpu" } && proof.Device == device.Name;

    private static ProofAnswer Proof(GpuProof proof) => new(
        proof.Backend, proof.Device, proof.Bytes, (long)Math.Ceiling(proof.Elapsed.TotalMicroseconds),
        proof.Digest.ToString(), proof.At.ToUnixTimeMilliseconds());
}
