using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling.Programs;

namespace Aitbc.Provider.Selling;

/// <summary>What an end of an engine means to who asked, when nothing was given (specs/provider/doors.md).</summary>
internal static class SaleRefusals
{
    public static SaleRefusedException Of(EngineOutcome outcome, ISaleWare ware) => outcome.End switch
    {
        EngineEnds.ModelMissing => new(404, SaleRefusedException.ModelNotFound, outcome.Detail),
        EngineEnds.RequestInvalid => SaleRefusedException.Invalid(outcome.Detail),
        EngineEnds.Busy => Busy(outcome.Detail, outcome.RetryAfter ?? TimeSpan.FromSeconds(1)),
        EngineEnds.ModuleInvalid or EngineEnds.ModuleTooLarge or EngineEnds.ModuleUnsupported
            or EngineEnds.BlobMissing => new(422, outcome.End, outcome.Detail),
        _ when ware is ProgramWare && EngineEnds.IsOfTheProgram(outcome.End) => new(422, outcome.End, outcome.Detail),
        _ => new(502, outcome.End, outcome.Detail),
    };

    public static SaleRefusedException Busy(string sentence, TimeSpan retryAfter) =>
        new(503, "provider_busy", sentence) { RetryAfter = retryAfter };
}
