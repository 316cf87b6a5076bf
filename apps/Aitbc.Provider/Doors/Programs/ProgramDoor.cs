using Aitbc.Provider.Doors.OpenAi;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors.Programs;

/// <summary>The plain door for programs: a run by the call (specs/provider/programs.md).</summary>
internal static class ProgramDoor
{
    public const string Path = "/v1/run";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGroup("").AddEndpointFilter<OpenAiErrors>().MapPost(Path, RunAsync);

    private static async Task<IResult> RunAsync(HttpContext http, ProgramOrders orders, SalesDesk desk)
    {
        var (answer, head) = await desk.SellAsync(http, orders.Read(await PaidBody.ReadAsync(http)).Order);
        await AnswerWriter.WriteAsync(http, answer, head);
        return Results.Empty;
    }
}
