namespace Aitbc.Provider.Engines;

/// <summary>
/// The closed list of ends of a run. All but the first mean of a job: failed, nothing charged, the client refunded.
/// </summary>
internal static class EngineEnds
{
    public const string Completed = "completed";

    // Ends that the job brought on itself.
    public const string FuelExhausted = "fuel_exhausted";
    public const string TimeExceeded = "time_exceeded";
    public const string MemoryExceeded = "memory_exceeded";
    public const string OutputExceeded = "output_exceeded";
    public const string StackExhausted = "stack_exhausted";
    public const string Trapped = "trapped";
    public const string ExitedWithCode = "exited_with_code";

    // The module or the request cannot be run at all.
    public const string ModuleInvalid = "module_invalid";
    public const string ModuleTooLarge = "module_too_large";
    public const string ModuleUnsupported = "module_unsupported";
    public const string ModelMissing = "model_missing";
    public const string ImageMissing = "image_missing";
    public const string RequestInvalid = "request_invalid";

    // The provider's own fault.
    public const string EngineUnreachable = "engine_unreachable";
    public const string EngineFault = "engine_fault";
    public const string EngineUntrusted = "engine_untrusted";
    public const string UsageMissing = "usage_missing";

    // Nothing was started: every slot and every place in the queue is taken.
    public const string Busy = "busy";

    // An input is not here and cannot be fetched.
    public const string BlobMissing = "blob_missing";

    /// <summary>Whether a program that ran ended so by itself, or at one of its bounds.</summary>
    public static bool IsOfTheProgram(string end) => end is FuelExhausted or TimeExceeded or MemoryExceeded
        or OutputExceeded or StackExhausted or Trapped or ExitedWithCode;
}
