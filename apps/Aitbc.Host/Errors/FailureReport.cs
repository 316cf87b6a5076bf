using System.Text.Json;

namespace Aitbc.Host.Errors;

/// <summary>Says a failure: sentences for people, one line of JSON for programs.</summary>
internal static class FailureReport
{
    public static void Write(StartFailure failure, bool json)
    {
        if (json)
        {
            var line = new FailureLine(false, new FailureBody(failure.Code, failure.Message, failure.Next));
            Console.Out.WriteLine(JsonSerializer.Serialize(line, HostJson.Default.FailureLine));
            return;
        }

        Console.Error.WriteLine($"aitbcd: {failure.Message}");
        if (failure.Next is not null)
            Console.Error.WriteLine($"  {failure.Next}");
    }
}
