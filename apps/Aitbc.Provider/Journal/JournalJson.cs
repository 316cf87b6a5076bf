using System.Text.Json.Serialization;

namespace Aitbc.Provider.Journal;

[JsonSerializable(typeof(string))]
internal sealed partial class JournalJson : JsonSerializerContext;
