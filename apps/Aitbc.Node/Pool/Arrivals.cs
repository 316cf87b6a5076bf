namespace Aitbc.Node.Pool;

/// <summary>All that wait in order of arrival; every step takes the same time however many they are.</summary>
internal sealed class Arrivals
{
    private Waiting? newest;

    public Waiting? Oldest { get; private set; }

    public void Add(Waiting waiting)
    {
        waiting.Earlier = newest;
        if (newest is null)
            Oldest = waiting;
        else
            newest.Later = waiting;
        newest = waiting;
    }

    public void Remove(Waiting waiting)
    {
        if (waiting.Earlier is { } earlier)
            earlier.Later = waiting.Later;
        else
            Oldest = waiting.Later;
        if (waiting.Later is { } later)
            later.Earlier = waiting.Earlier;
        else
            newest = waiting.Earlier;
        (waiting.Earlier, waiting.Later) = (null, null);
    }
}
