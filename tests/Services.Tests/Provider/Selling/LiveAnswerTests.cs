using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Doors.OpenAi;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>When readers of an answer are woken, and what a text is within its frame.</summary>
public sealed class LiveAnswerTests
{
    [Fact]
    public async Task What_is_added_at_one_time_is_read_at_one_time_when_it_is_shown()
    {
        var answer = new LiveAnswer("a");
        using var reading = answer.Read();
        var next = reading.NextAsync(0, SellingWorld.Cancel).AsTask();
        answer.Add("one"u8.ToArray());
        answer.Add("two"u8.ToArray());
        Assert.False(next.IsCompleted);
        answer.Show();
        Assert.Equal(2, (await next)!.Count);
    }

    [Fact]
    public async Task A_reader_is_woken_by_a_fast_engine_that_never_rests()
    {
        var answer = new LiveAnswer("a");
        using var reading = answer.Read();
        var next = reading.NextAsync(0, SellingWorld.Cancel).AsTask();
        for (var i = 0; i < 16; i++)
            answer.Add("piece"u8.ToArray());
        Assert.Equal(16, (await next)!.Count);
    }

    [Fact]
    public async Task What_was_added_and_not_shown_is_shown_by_whoever_waits_for_room()
    {
        var answer = new LiveAnswer("a");
        using var reading = answer.Read();
        var next = reading.NextAsync(0, SellingWorld.Cancel).AsTask();
        answer.Add("one"u8.ToArray());
        answer.Add("two"u8.ToArray());
        var room = answer.RoomAsync(1, TimeSpan.FromSeconds(1), TimeProvider.System, SellingWorld.Cancel).AsTask();
        Assert.Equal(2, (await next)!.Count);
        Assert.False(room.IsCompleted);
        reading.Given(2);
        Assert.True(await room);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a \"quoted\" \\ word\n\t\u0001")]
    [InlineData("<b>&'é€😀")]
    [InlineData("\"content\":\"\"")]
    public void A_text_in_its_frame_is_the_event_that_is_written_whole(string text)
    {
        var frame = new TextFrame(Event("", null));
        var framed = frame.With(text, 4711).ToArray();
        Assert.Equal(Event(text, 4711), framed);
        var json = Encoding.UTF8.GetString(framed)["id: 4711\ndata: ".Length..];
        Assert.Equal(text, (string)JsonNode.Parse(json)!["delta"]!["content"]!);
        Assert.Equal(framed, frame.With(text, 4711).ToArray());
    }

    private static byte[] Event(string text, int? number) => new SseText().Event(
        json =>
        {
            json.WriteString("id", "\"content\":\"\"");
            json.WriteStartObject("delta");
            json.WriteString("content", text);
            json.WriteEndObject();
            json.WriteNull("usage");
        },
        number).ToBytes().ToArray();
}
