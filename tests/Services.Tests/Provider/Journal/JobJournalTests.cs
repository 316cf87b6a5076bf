using System.Text;
using Aitbc.Provider.Journal;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Provider.Journal;

public sealed class JobJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aitbc-journal-").FullName;
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_job_is_admitted_once_however_many_ask()
    {
        using var journal = Open();
        var admitted = 0;

        Parallel.For(0, 20, i =>
        {
            if (journal.TryAdmit("0xa", $"{i}", out _))
                Interlocked.Increment(ref admitted);
        });

        Assert.Equal(1, admitted);
        Assert.Equal(JobStep.Admitted, journal.Find("0xa")!.Step);
    }

    [Fact]
    public void Every_step_is_there_after_a_restart()
    {
        using (var journal = Open())
        {
            journal.TryAdmit("0xa", "terms \"quoted\"\nline", out _);
            journal.Append("0xa", JobStep.Executing, "1");
            journal.StoreOutput("0xa", "output"u8);
            journal.Append("0xa", JobStep.Executed, "units");
        }

        using var again = Open();
        var entry = again.Find("0xa")!;

        Assert.Equal(JobStep.Executed, entry.Step);
        Assert.Equal("terms \"quoted\"\nline", entry.Payload(JobStep.Admitted));
        Assert.Equal("units", entry.Payload(JobStep.Executed));
        Assert.Equal("output"u8.ToArray(), again.ReadOutput("0xa"));
    }

    [Fact]
    public void A_record_torn_at_any_byte_is_cut_off_and_the_steps_before_it_stand()
    {
        using (var journal = Open())
        {
            journal.TryAdmit("0xa", "first", out _);
            journal.Append("0xa", JobStep.Executing, "second");
        }

        var path = Path.Combine(_folder, "jobs", "0xa.journal");
        var whole = File.ReadAllBytes(path);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            using var journal = Open();

            Assert.Equal(length < first ? null : JobStep.Admitted, journal.Find("0xa")?.Step);
            Assert.Equal(length < first, journal.TryAdmit("0xa", "again", out _));
            Assert.Equal(JobStep.Executing, journal.Append("0xa", JobStep.Executing, "x").Step);
        }
    }

    [Fact]
    public void A_flipped_bit_is_noticed()
    {
        using (var journal = Open())
        {
            journal.TryAdmit("0xa", "first", out _);
            journal.Append("0xa", JobStep.Executing, "second");
        }

        var path = Path.Combine(_folder, "jobs", "0xa.journal");
        var bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);

        using var again = Open();
        Assert.Equal(JobStep.Admitted, again.Find("0xa")!.Step);
    }

    [Theory]
    [InlineData(nameof(JobStep.Executed))]
    [InlineData(nameof(JobStep.Signed))]
    [InlineData(nameof(JobStep.Submitted))]
    [InlineData(nameof(JobStep.Delivered))]
    public void What_was_executed_can_never_be_executed_or_failed_again(string lastName)
    {
        var last = Enum.Parse<JobStep>(lastName);
        using var journal = Open();
        journal.TryAdmit("0xa", "", out _);
        for (var step = JobStep.Executing; step <= last; step++)
            journal.Append("0xa", step, "");

        Assert.Throws<InvalidOperationException>(() => journal.Append("0xa", JobStep.Executing, ""));
        Assert.Throws<InvalidOperationException>(() => journal.Append("0xa", JobStep.Executed, ""));
        Assert.Throws<InvalidOperationException>(() => journal.Append("0xa", JobStep.Failed, ""));
        Assert.Equal(last, journal.Find("0xa")!.Step);
    }

    [Fact]
    public void A_failed_job_can_only_be_closed_and_a_closed_one_nothing()
    {
        using var journal = Open();
        journal.TryAdmit("0xa", "", out _);
        journal.Append("0xa", JobStep.Failed, "fuel_exhausted");

        Assert.Throws<InvalidOperationException>(() => journal.Append("0xa", JobStep.Executing, ""));
        journal.Append("0xa", JobStep.Closed, "");
        Assert.Throws<InvalidOperationException>(() => journal.Append("0xa", JobStep.Closed, ""));
        Assert.Empty(journal.Open());
    }

    [Fact]
    public void Two_processes_cannot_share_a_journal()
    {
        using var journal = Open();

        Assert.Throws<IOException>(Open);
    }

    [Fact]
    public void Closed_jobs_are_forgotten_after_their_time_and_open_ones_never()
    {
        using var journal = Open();
        journal.TryAdmit("0xa", "", out _);
        journal.TryAdmit("0xb", "", out _);
        journal.StoreOutput("0xa", "x"u8);
        journal.Append("0xa", JobStep.Closed, "");
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(0, journal.Forget(_time.GetUtcNow() - TimeSpan.FromHours(3)));
        Assert.Equal(1, journal.Forget(_time.GetUtcNow() - TimeSpan.FromHours(1)));
        Assert.Null(journal.Find("0xa"));
        Assert.Null(journal.ReadOutput("0xa"));
        Assert.NotNull(journal.Find("0xb"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a b")]
    public void A_job_id_that_is_no_plain_name_is_refused(string jobId)
    {
        using var journal = Open();

        Assert.Throws<ArgumentException>(() => journal.TryAdmit(jobId, "", out _));
    }

    [Fact]
    public void Any_payload_survives_its_line() => Gen.String.Sample(payload =>
    {
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(payload));
        var line = Encoding.UTF8.GetString(JournalLine.Encode(JobStep.Signed, _time.GetUtcNow(), text));
        return line.IndexOf('\n') == line.Length - 1
            && JournalLine.TryDecode(line[..^1], out var step, out var at, out var read)
            && step == JobStep.Signed && at == _time.GetUtcNow() && read == text;
    });

    private JobJournal Open() => new(_folder, _time);
}
