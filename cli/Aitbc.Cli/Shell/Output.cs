using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aitbc.Cli.Shell;

/// <summary>What a command says: sentences and tables for people, or exactly one JSON document for programs.</summary>
internal sealed class Output(bool json, TextWriter writer, TextWriter error)
{
    // What is written is read by programs and by people in a terminal, never put into a page.
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>True if the reader is a program.</summary>
    public bool IsJson { get; } = json;

    /// <summary>A sentence of the result; left out for programs.</summary>
    public void Line(string text = "")
    {
        if (!IsJson)
            writer.WriteLine(Printable.Text(text));
    }

    /// <summary>What somebody else made and was asked for: as it is for a file or a pipe.</summary>
    public void Result(string text)
    {
        if (!IsJson)
            writer.WriteLine(Console.IsOutputRedirected ? text : Printable.Text(text));
    }

    /// <summary>A part of a text that somebody else makes, as it comes; left out for programs.</summary>
    public void Part(string text)
    {
        if (IsJson)
            return;
        writer.Write(Console.IsOutputRedirected ? text : Printable.Text(text));
        writer.Flush();
    }

    /// <summary>How far something is, in the title of a terminal: beside a text that is being written.</summary>
    public void Title(string text)
    {
        if (!IsJson && !Console.IsErrorRedirected)
            error.Write($"\e]2;{Printable.Line(text)}\a");
    }

    /// <summary>What happens meanwhile, beside the result.</summary>
    public void Progress(string text)
    {
        if (!IsJson)
            error.WriteLine(Printable.Text(text));
    }

    /// <summary>The result for programs; left out for people.</summary>
    public void Json(JsonNode? node)
    {
        if (IsJson)
            WriteJson(node);
    }

    /// <summary>A table for people: the first row names the columns.</summary>
    public void Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (IsJson)
            return;
        var all = rows.Select(r => r.Select(Printable.Line).ToArray()).ToList();
        var widths = head.Select((h, i) => all.Select(r => r[i].Length).Append(h.Length).Max()).ToArray();
        WriteRow(head, widths);
        WriteRow([.. widths.Select(w => new string('-', w))], widths);
        foreach (var row in all)
            WriteRow(row, widths);
    }

    /// <summary>Names and values, one a line.</summary>
    public void Facts(params (string Name, string? Value)[] facts)
    {
        if (IsJson)
            return;
        var width = facts.Max(f => f.Name.Length);
        foreach (var (name, value) in facts.Where(f => f.Value is not null))
            writer.WriteLine($"{name.PadRight(width)}  {Printable.Line(value!)}");
    }

    public void Failure(CliFailure failure)
    {
        if (IsJson)
        {
            WriteJson(new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["code"] = failure.Code,
                    ["detail"] = failure.Message,
                    ["charged"] = failure.Charged,
                    ["retryable"] = failure.Retryable,
                    ["next"] = failure.Next,
                },
            });
            return;
        }

        error.WriteLine($"aitbc: {Printable.Text(failure.Message)}");
        if (failure.Next is not null)
            error.WriteLine($"  {Printable.Text(failure.Next)}");
    }

    private void WriteJson(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            if (node is null)
                json.WriteNullValue();
            else
                node.WriteTo(json);
        }

        writer.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private void WriteRow(IReadOnlyList<string> cells, int[] widths) =>
        writer.WriteLine(string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());
}
