using System.Text.Json;
using PushGateway.CommandLine;
using PushGateway.Durability;
using PushGateway.Http.Responses;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Durability;

public sealed class PersistenceStatusTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string File => Path.Combine(_folder.FullName, "store");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Status_WithoutAFile_HasUpstreamsKeysOnly()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        using var json = JsonDocument.Parse((await gateway.SendAsync("GET", "/api/v1/status")).Body);

        Assert.Equal(
            ["build_information", "flags", "start_time"],
            json.RootElement.GetProperty("data").EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Status_WithAFile_HasOneKeyMoreThanUpstream()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            $"--persistence.file={File}", "--persistence.interval=90s");

        using var json = JsonDocument.Parse((await gateway.SendAsync("GET", "/api/v1/status")).Body);

        JsonElement data = json.RootElement.GetProperty("data");
        Assert.Equal(
            ["build_information", "flags", "start_time", "persistence"],
            data.EnumerateObject().Select(property => property.Name));
        JsonElement flags = data.GetProperty("flags");
        Assert.Equal(new GatewayOptions().ToFlagValues().Count, flags.EnumerateObject().Count());
        Assert.Equal(File, flags.GetProperty("persistence.file").GetString());
        Assert.Equal("1m30s", flags.GetProperty("persistence.interval").GetString());
    }

    [Fact]
    public async Task Status_WithAFile_CountsWhatTheJournalHolds()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--persistence.file={File}");
        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        await gateway.SendAsync("PUT", "/metrics/job/b", "x 1\n");

        JsonElement persistence = await PersistenceOfAsync(gateway);

        Assert.Equal(File, persistence.GetProperty("file").GetString());
        Assert.Equal(2, persistence.GetProperty("journal").GetProperty("records").GetInt64());
        Assert.InRange(persistence.GetProperty("journal").GetProperty("bytes").GetInt64(), 40, 400);
        Assert.Equal(0, persistence.GetProperty("snapshot").GetProperty("time").GetDouble());
    }

    [Fact]
    public async Task Status_AfterARestart_CountsWhatWasRestored()
    {
        await using (RunningGateway gateway = await RunningGateway.StartAsync($"--persistence.file={File}"))
        {
            await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");
        }
        await using RunningGateway restarted = await RunningGateway.StartAsync($"--persistence.file={File}");

        JsonElement restored = (await PersistenceOfAsync(restarted)).GetProperty("restored");

        Assert.Equal(1, restored.GetProperty("groups").GetInt64());
        Assert.Equal(0, restored.GetProperty("records").GetInt64());
        Assert.Equal(0, restored.GetProperty("discarded_records").GetInt64());
    }

    [Fact]
    public void PersistenceResponse_Everything_IsShown()
    {
        var state = new PersistenceState
        {
            IsEnabled = true,
            File = "f",
            SnapshotAt = DateTimeOffset.UnixEpoch.AddSeconds(1_764_100_000.25),
            SnapshotDuration = TimeSpan.FromSeconds(1.5),
            SnapshotFailures = 1,
            HasJournal = true,
            JournalBytes = 2,
            JournalRecords = 3,
            JournalFailures = 4,
            RestoredGroups = 5,
            RestoredRecords = 6,
            DiscardedRecords = 7,
            DamagedFiles = 8,
            Fault = "why",
        };
        const string Expected =
            """
            {"enabled":true,"file":"f","snapshot":{"time":1764100000.25,"seconds":1.5,"failures":1},
            "journal":{"enabled":true,"bytes":2,"records":3,"failures":4},
            "restored":{"groups":5,"records":6,"discarded_records":7,"damaged_files":8},"fault":"why"}
            """;

        Assert.Equal(Expected.ReplaceLineEndings(""), JsonOf(state));
    }

    [Fact]
    public void PersistenceResponse_NothingYet_IsZeroAndNull()
    {
        const string Expected =
            """
            {"enabled":false,"file":"","snapshot":{"time":0,"seconds":0,"failures":0},
            "journal":{"enabled":false,"bytes":0,"records":0,"failures":0},
            "restored":{"groups":0,"records":0,"discarded_records":0,"damaged_files":0},"fault":null}
            """;

        Assert.Equal(Expected.ReplaceLineEndings(""), JsonOf(PersistenceState.Off));
    }

    private static async Task<JsonElement> PersistenceOfAsync(RunningGateway gateway)
    {
        using var json = JsonDocument.Parse((await gateway.SendAsync("GET", "/api/v1/status")).Body);
        return json.RootElement.GetProperty("data").GetProperty("persistence").Clone();
    }

    private static string JsonOf(PersistenceState state) =>
        JsonSerializer.Serialize(PersistenceResponse.Of(state), ApiJson.Default.PersistenceResponse);
}
