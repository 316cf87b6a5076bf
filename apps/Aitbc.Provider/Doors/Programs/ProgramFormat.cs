using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Programs;

/// <summary>What became of a program, as a whole: its end, its output, and what was counted and charged.</summary>
internal sealed class ProgramFormat(IEngine engine) : IAnswerFormat
{
    // Members besides the output have less.
    private const int RoomForTheRest = 4096;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private ReadOnlyMemory<byte> _output;
    private string _id = "";

    public bool IsStream => false;

    public string MediaType => "application/json";

    public void Name(string answer) => _id = answer;

    public ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number)
    {
        if (piece is BytesPiece bytes)
            _output = bytes.Bytes;
        return null;
    }

    public ReadOnlyMemory<byte>? Note(SaleNote note, int number) => null;

    public ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number)
    {
        var outcome = note.Outcome ?? throw new InvalidOperationException("A run is not cut.");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("answer", _id);
            json.WriteString("engine", engine.Name);
            json.WriteString("version", outcome.Version ?? engine.Version);
            json.WriteString("end", outcome.End);
            if (outcome.Succeeded)
                Output(json);
            else
                json.WriteString("detail", outcome.Detail);
            json.WriteNumber("units", outcome.Units);
            json.WriteString("unit", engine.UnitKind);
            json.WriteString("charged", note.Charged);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number) =>
        throw new InvalidOperationException("Runs are not streamed.");

    // As text what is text, if that has room in an answer: what has to be escaped grows.
    private void Output(Utf8JsonWriter json)
    {
        if (Text() is { } text && JsonEncodedText.Encode(text, Plain.Encoder) is var coded
            && coded.EncodedUtf8Bytes.Length < LiveAnswer.MostBytes - RoomForTheRest)
            json.WriteString("output", coded);
        else
            json.WriteBase64String("outputBase64", _output.Span);
    }

    private string? Text()
    {
        try
        {
            return Strict.GetString(_output.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
