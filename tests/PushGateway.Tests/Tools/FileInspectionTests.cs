using System.Globalization;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Tools;

/// <summary>pushgateway inspect</summary>
public sealed partial class FileInspectionTests : IDisposable
{
    private static readonly string GoFixture = Repository.PathOf(
        "tests", "PushGateway.Core.Tests", "Persistence", "Fixtures", "go-1.11.2.data");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-inspect-");

    private string FilePath => Path.Combine(_folder.FullName, "metrics");

    private string Flag => $"--persistence.file={FilePath}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Inspect_FileOfTheGoPushgateway_TellsWhatIsInIt()
    {
        File.Copy(GoFixture, FilePath);

        ToolRun run = await RunAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal($"{FilePath}, {new FileInfo(GoFixture).Length} bytes", ValueOf(run, "file"));
        Assert.Equal("the Go Pushgateway (or its end is missing)", ValueOf(run, "written by"));
        Assert.DoesNotContain("\njournal", run.Output);
        string groups = ValueOf(run, "groups");
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);
        Assert.Equal((await gateway.GroupsAsync()).Count.ToString(CultureInfo.InvariantCulture), groups);
    }

    [Fact]
    public async Task Inspect_FilesWithIdempotencyKeys_TellsHowMany()
    {
        await using (RunningGateway gateway = await RunningGateway.StartAsync(Flag))
        {
            await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", "Idempotency-Key: 1");
            await gateway.SendAsync("POST", "/metrics/job/a", "x 1\n", "Idempotency-Key: 2");
            await gateway.Keeper.CloseAsync();
        }

        Assert.Equal("2 keys of pushes", ValueOf(await RunAsync(), "idempotency"));
    }

    [Fact]
    public async Task Inspect_FileOfThisGateway_TellsWhatIsInIt()
    {
        await using (RunningGateway gateway = await RunningGateway.StartAsync(Flag))
        {
            await PushAsync(gateway, "old", "x{n=\"1\"} 1\nx{n=\"2\"} 2\nx{n=\"3\"} 3\n", 200);
            gateway.Time.Advance(TimeSpan.FromHours(1));
            await PushAsync(gateway, "new", "y 1\n", 200);
            gateway.Time.Advance(TimeSpan.FromHours(1));
            await PushAsync(gateway, "bad", "y 1 1700000000000\n", 400);
            await gateway.Keeper.CloseAsync();
        }

        ToolRun run = await RunAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal("this gateway; holds its journal up to generation 1", ValueOf(run, "written by"));
        Assert.Equal(("3", "4"), (ValueOf(run, "groups"), ValueOf(run, "families")));
        Assert.Equal("10, push times included", ValueOf(run, "series"));
        Assert.EndsWith("Z {job=\"old\"}", ValueOf(run, "oldest push"));
        Assert.EndsWith("Z {job=\"new\"}", ValueOf(run, "newest push"));
        Assert.Contains("\nLargest groups:\n  5 series, 3 families: {job=\"old\"}\n", run.Output);
        Assert.Contains("\nLargest families:\n  3 series in 3 groups: \"push_failure_time_seconds\"\n", run.Output);
        Assert.Matches("\nGroups whose last push was rejected \\(1\\):\n  [0-9T:-]+Z \\{job=\"bad\"\\}\n", run.Output);
        Assert.DoesNotContain("A start with these files", run.Output);
    }

    /// <summary>The journal is locked meanwhile.</summary>
    [Fact]
    public async Task Inspect_WhileAGatewayRuns_TellsWhatIsInTheJournal()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(Flag);
        await PushAsync(gateway, "a", "x 1\n", 200);
        await PushAsync(gateway, "b", "x 1\n", 200);

        ToolRun run = await RunAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal($"{FilePath} is not there, only its journal", ValueOf(run, "file"));
        Assert.StartsWith("metrics.journal: generation 1, 2 changes, ", ValueOf(run, "journal"));
        Assert.Equal("2", ValueOf(run, "groups"));
    }

    [Theory]
    [InlineData(20, false, "damaged or incomplete trailer")] // of the trailer
    [InlineData(-60, false, "")] // of what it holds: what exactly, depends on the byte
    [InlineData(-60, true, "")]
    public async Task Inspect_DamagedFileOfThisGateway_TellsWhere(int fromEnd, bool isCut, string damage)
    {
        await using (RunningGateway gateway = await RunningGateway.StartAsync(Flag))
        {
            await PushAsync(gateway, "a", "x 1\n", 200);
            await gateway.Keeper.CloseAsync();
        }
        byte[] bytes = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        int at = bytes.Length - Math.Abs(fromEnd);
        bytes[at] ^= 0x55;
        await File.WriteAllBytesAsync(FilePath, isCut ? bytes[..at] : bytes, TestContext.Current.CancellationToken);

        ToolRun run = await RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Contains("\nA start with these files would report:\n  metrics is preserved as metrics.corrupt-", run.Output);
        Assert.Contains(damage, run.Output);
        Assert.Equal(["metrics"], Names());
    }

    [Fact]
    public async Task Inspect_DamagedJournal_TellsTheByteAndCountsWhatComesBefore()
    {
        await WriteJournalAsync();
        string journal = FilePath + ".journal";
        byte[] bytes = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        int second = bytes.AsSpan().IndexOf("job\u0001\0\0\0b"u8);
        bytes[second] ^= 0x55;
        await File.WriteAllBytesAsync(journal, bytes, TestContext.Current.CancellationToken);

        ToolRun run = await RunAsync();

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Equal("1", ValueOf(run, "groups"));
        Assert.Matches("metrics.journal is preserved as metrics.journal.corrupt-[0-9TZ]+: damaged at byte [0-9]+,", run.Output);
        Assert.Equal(["metrics.journal"], Names());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Inspect_JournalThatIsCutOff_TellsHowMuch()
    {
        await WriteJournalAsync();
        string journal = FilePath + ".journal";
        byte[] bytes = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(journal, bytes[..^3], TestContext.Current.CancellationToken);

        ToolRun run = await RunAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the last record of metrics.journal is incomplete", run.Output);
        Assert.Equal("2", ValueOf(run, "groups"));
    }

    [Fact]
    public async Task Inspect_FileCutOffAnywhere_TellsSoAndChangesNothing()
    {
        byte[] whole = await File.ReadAllBytesAsync(GoFixture, TestContext.Current.CancellationToken);
        for (int length = 0; length < whole.Length; length += 61)
        {
            await File.WriteAllBytesAsync(FilePath, whole[..length], TestContext.Current.CancellationToken);

            ToolRun run = await RunAsync();

            Assert.Equal((1, ""), (run.ExitCode, run.Errors));
            Assert.Contains("would report:\n  metrics is preserved as metrics.corrupt-", run.Output);
            Assert.Equal(length, new FileInfo(FilePath).Length);
        }
        Assert.Equal(["metrics"], Names());
    }

    /// <summary>Changed bytes of a file, some of them in length fields.</summary>
    [Fact]
    public async Task Inspect_ChangedBytes_EndsInGoodOrderWithoutControlCharacters()
    {
        byte[] whole = await File.ReadAllBytesAsync(GoFixture, TestContext.Current.CancellationToken);
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] changed = (byte[])whole.Clone();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            random.NextBytes(changed.AsSpan(random.Next(changed.Length - 8), random.Next(8)));
            await File.WriteAllBytesAsync(FilePath, changed, TestContext.Current.CancellationToken);

            ToolRun run = await RunAsync();

            Assert.InRange(run.ExitCode, 0, 1);
            Assert.DoesNotMatch(ControlCharacter(), run.Output + run.Errors);
        }
    }

    [Fact]
    public async Task Inspect_Garbage_EndsWith1()
    {
        var random = new Random(7);
        for (int i = 0; i < 100; i++)
        {
            byte[] garbage = new byte[random.Next(2000)];
            random.NextBytes(garbage);
            await File.WriteAllBytesAsync(FilePath, garbage, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(FilePath + ".journal", garbage, TestContext.Current.CancellationToken);

            ToolRun run = await RunAsync();

            Assert.Equal((1, ""), (run.ExitCode, run.Errors));
            Assert.DoesNotMatch(ControlCharacter(), run.Output);
        }
    }

    [Theory]
    [InlineData("there is no such file, and no journal beside it", "nothing")]
    [InlineData("Could not find a part of the path", "no/such/folder")]
    [InlineData("is a directory", "folder")]
    public async Task Inspect_NoFile_EndsWith1AndAReason(string reason, string name)
    {
        _folder.CreateSubdirectory("folder");

        ToolRun run = await ToolRun.OfAsync("inspect", Path.Combine(_folder.FullName, name));

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(reason, run.Errors);
    }

    private Task<ToolRun> RunAsync() => ToolRun.OfAsync("inspect", FilePath);

    private string[] Names() => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    /// <summary>The journal of a killed gateway, copied before the gateway writes its snapshot.</summary>
    private async Task WriteJournalAsync()
    {
        string elsewhere = Path.Combine(_folder.CreateSubdirectory("running").FullName, "metrics");
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--persistence.file={elsewhere}");
        foreach (string job in (string[])["a", "b", "c"])
        {
            await PushAsync(gateway, job, "x 1\n", 200);
        }
        ToolResult copied = await ChildProcess.RunAsync("/bin/cp", [elsewhere + ".journal", FilePath + ".journal"]);
        Assert.Equal("", copied.OutputOfSuccess());
    }

    private static async Task PushAsync(RunningGateway gateway, string job, string body, int status)
    {
        RawAnswer answer = await gateway.SendAsync("PUT", $"/metrics/job/{job}", body);
        Assert.Equal(status, answer.Status);
    }

    private static string ValueOf(ToolRun run, string head) => Assert.Single(
        run.Output.Split('\n'), line => line.StartsWith(head.PadRight(16), StringComparison.Ordinal))[16..];

    [GeneratedRegex(@"[\x00-\x09\x0b-\x1f\x7f]")]
    private static partial Regex ControlCharacter();
}
