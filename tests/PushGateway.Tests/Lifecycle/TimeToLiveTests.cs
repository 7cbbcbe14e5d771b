using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Lifecycle;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

public sealed class TimeToLiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Rules => Path.Combine(_folder, "lifecycle.yml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Group_WithoutFlagRuleOrHeader_Stays()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "a");

        await ExpireAsync(gateway, TimeSpan.FromDays(10_000));

        Assert.Equal(["a"], Jobs(gateway));
        Assert.Equal(0, gateway.Services.GetRequiredService<GroupLifecycle>().Expiries.Count);
    }

    [Theory]
    [InlineData("--push.ttl=1m")]
    [InlineData("--metric.timetolive=1m")]
    public async Task Group_PastTheFlagsTime_Expires(string flag)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flag);
        await PushAsync(gateway, "a");
        await ExpireAsync(gateway, TimeSpan.FromSeconds(59.9));
        Assert.Equal(["a"], Jobs(gateway));

        await ExpireAsync(gateway, TimeSpan.FromSeconds(0.1));

        Assert.Empty(Jobs(gateway));
        string scrape = (await gateway.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("\npushgateway_groups_expired_total 1\n", scrape, StringComparison.Ordinal);
        Assert.Contains(gateway.Log.OfLevel("info"), line => line.EndsWith("msg=\"groups expired\" groups=1 examples=\"{job=\\\"a\\\"}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_ToAGroup_StartsItsTimeAgain()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.ttl=1m");
        await PushAsync(gateway, "a");
        await PushAsync(gateway, "b");
        await ExpireAsync(gateway, TimeSpan.FromSeconds(40));
        await PushAsync(gateway, "a");

        await ExpireAsync(gateway, TimeSpan.FromSeconds(40));
        Assert.Equal(["a"], Jobs(gateway));
        await ExpireAsync(gateway, TimeSpan.FromSeconds(20));
        Assert.Empty(Jobs(gateway));
    }

    [Theory]
    [InlineData("x 1 12345\n")]
    [InlineData("# TYPE x counter\nx 1\n")]
    [InlineData("not a body")]
    public async Task RejectedPush_ToAGroup_RenewsNothing(string body)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.ttl=1m");
        await PushAsync(gateway, "other");
        await PushAsync(gateway, "a");
        await ExpireAsync(gateway, TimeSpan.FromSeconds(40));
        Assert.Equal(400, (await gateway.SendAsync("POST", "/metrics/job/a", body)).Status);

        await ExpireAsync(gateway, TimeSpan.FromSeconds(20));

        Assert.Empty(Jobs(gateway));
    }

    [Fact]
    public async Task GroupOfARejectedPush_WithoutAnAcceptedOne_ExpiresToo()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.ttl=1m");
        await gateway.SendAsync("POST", "/metrics/job/a", "x 1 12345\n");
        Assert.Equal(["a"], Jobs(gateway));

        await ExpireAsync(gateway, TimeSpan.FromSeconds(60));

        Assert.Empty(Jobs(gateway));
    }

    /// <summary>The header, then the first rule that matches, then the flag; 0 is no limit.</summary>
    [Fact]
    public async Task Precedence_IsHeaderRuleFlag()
    {
        await File.WriteAllTextAsync(
            Rules,
            """
            rules:
              - {match: '{job=~"rule.*"}', ttl: 2m}
              - {match: '{job=~"keep.*"}', ttl: 0}
              - {match: '{job=~"expect.*"}', expect: 1h}
              - {match: '{job="rule"}', ttl: 1s}
            """,
            TestContext.Current.CancellationToken);
        await using RunningGateway gateway =
            await RunningGateway.StartAsync("--push.ttl=3m", $"--lifecycle.config.file={Rules}");
        await PushAsync(gateway, "rule");
        await PushAsync(gateway, "rule-header", "Pushgateway-TTL: 1m");
        await PushAsync(gateway, "rule-never", "pushgateway-ttl: 0");
        await PushAsync(gateway, "keep");
        await PushAsync(gateway, "keep-header", "Pushgateway-TTL: 1d12h");
        await PushAsync(gateway, "expect");
        await PushAsync(gateway, "flag");

        await ExpireAsync(gateway, TimeSpan.FromSeconds(60));
        Assert.Equal(["expect", "flag", "keep", "keep-header", "rule", "rule-never"], Jobs(gateway));
        await ExpireAsync(gateway, TimeSpan.FromSeconds(60));
        Assert.Equal(["expect", "flag", "keep", "keep-header", "rule-never"], Jobs(gateway));
        await ExpireAsync(gateway, TimeSpan.FromSeconds(60));
        Assert.Equal(["keep", "keep-header", "rule-never"], Jobs(gateway));
        await ExpireAsync(gateway, TimeSpan.FromHours(36));
        Assert.Equal(["keep", "rule-never"], Jobs(gateway));
    }

    [Fact]
    public async Task Header_IsForgottenWithTheNextAcceptedPush()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        await PushAsync(gateway, "a", "Pushgateway-TTL: 1m");
        await gateway.SendAsync("POST", "/metrics/job/a", "x 1 12345\n");
        Assert.NotNull(gateway.Snapshot.Groups.Single().Terms);
        await PushAsync(gateway, "a");

        await ExpireAsync(gateway, TimeSpan.FromDays(1));

        Assert.Equal(["a"], Jobs(gateway));
    }

    [Theory]
    [InlineData("Pushgateway-TTL: soon", "the header Pushgateway-TTL is not a duration such as 15m, 1d12h or 0: \"soon\"\n")]
    [InlineData("Pushgateway-TTL:", "the header Pushgateway-TTL is not a duration such as 15m, 1d12h or 0: \"\"\n")]
    [InlineData("Pushgateway-Expect: -1m", "the header Pushgateway-Expect is not a duration such as 15m, 1d12h or 0: \"-1m\"\n")]
    [InlineData("Pushgateway-TTL: 1m\r\nPushgateway-TTL: 1m", "the header Pushgateway-TTL occurs 2 times\n")]
    public async Task MalformedHeader_Is400_AndNothingIsStored(string header, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", header);

        Assert.Equal(400, answer.Status);
        Assert.Equal(error, answer.Body);
        Assert.Empty(Jobs(gateway));
    }

    [Fact]
    public async Task ChangedRules_HoldForWhatIsStored()
    {
        await File.WriteAllTextAsync(Rules, "rules: []", TestContext.Current.CancellationToken);
        await using RunningGateway gateway = await RunningGateway.StartAsync($"--lifecycle.config.file={Rules}");
        await PushAsync(gateway, "a");
        await PushAsync(gateway, "b");
        await ExpireAsync(gateway, TimeSpan.FromMinutes(5));
        GroupLifecycle lifecycle = gateway.Services.GetRequiredService<GroupLifecycle>();

        Assert.True(LifecycleDocument.TryParse("rules: [{match: '{job=\"a\"}', ttl: 1m}]", out LifecycleDocument? rules, out _));
        lifecycle.Apply(rules);
        await ExpireAsync(gateway, TimeSpan.Zero);

        Assert.Equal(["b"], Jobs(gateway));
    }

    [Fact]
    public async Task WallClock_SetForward_ExpiresGroups_SetBack_DoesNot()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.ttl=1m");
        await PushAsync(gateway, "a");
        gateway.Time.Set(TimeSpan.FromHours(-1));
        await ExpireAsync(gateway, TimeSpan.FromMinutes(1));
        Assert.Equal(["a"], Jobs(gateway));

        gateway.Time.Set(TimeSpan.FromHours(1));
        await ExpireAsync(gateway, TimeSpan.Zero);

        Assert.Empty(Jobs(gateway));
    }

    /// <summary>Groups whose push times are in the future are looked at again in time, once they are pushed to.</summary>
    [Fact]
    public async Task WallClock_SetBack_LaterPushesExpireInTime()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.ttl=1m");
        await PushAsync(gateway, "a");
        await PushAsync(gateway, "b");
        await PushAsync(gateway, "future");
        gateway.Time.Set(TimeSpan.FromHours(-1));
        await ExpireAsync(gateway, TimeSpan.Zero);
        await PushAsync(gateway, "a");

        await ExpireAsync(gateway, TimeSpan.FromMinutes(1));
        Assert.Equal(["b", "future"], Jobs(gateway));
        await PushAsync(gateway, "b");
        await ExpireAsync(gateway, TimeSpan.FromMinutes(1));
        Assert.Equal(["future"], Jobs(gateway));
        await ExpireAsync(gateway, TimeSpan.FromMinutes(59));
        Assert.Empty(Jobs(gateway));
    }

    /// <summary>The clock was set back while nothing ran.</summary>
    [Fact]
    public async Task Restart_WithPushTimesInTheFuture_LaterPushesExpireInTime()
    {
        string[] flags = [$"--persistence.file={Path.Combine(_folder, "metrics")}", "--push.ttl=1m"];
        await using (RunningGateway before = await RunningGateway.StartAsync(flags))
        {
            before.Time.Set(TimeSpan.FromHours(1));
            await PushAsync(before, "a");
        }
        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
        await PushAsync(gateway, "a");

        await ExpireAsync(gateway, TimeSpan.FromMinutes(1));

        Assert.Empty(Jobs(gateway));
    }

    [Theory]
    [InlineData("--persistence.journal")]
    [InlineData("--no-persistence.journal")]
    public async Task Restart_KeepsHeaders_AndExpiresBeforeTheFirstScrape(string journal)
    {
        string file = Path.Combine(_folder, "metrics");
        string[] flags = [$"--persistence.file={file}", journal];
        await using (RunningGateway before = await RunningGateway.StartAsync(flags))
        {
            before.Time.Set(TimeSpan.FromHours(-1));
            await PushAsync(before, "long", "Pushgateway-TTL: 70m");
            await PushAsync(before, "short", "Pushgateway-TTL: 50m");
            await PushAsync(before, "none");
        }

        await using RunningGateway gateway = await RunningGateway.StartAsync(flags);
        Assert.Equal(["long", "none"], Jobs(gateway));

        await ExpireAsync(gateway, TimeSpan.FromMinutes(10));
        Assert.Equal(["none"], Jobs(gateway));
    }

    /// <summary>Pushes wait while groups are deleted, so a burst is several changes, and still one line of the log.</summary>
    [Fact]
    public async Task Burst_OfManyGroups_IsDeletedInBatches()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync("--push.ttl=1m");
        for (int i = 0; i < 1200; i++)
        {
            await PushAsync(gateway, $"small{i}");
        }
        string large = string.Concat(Enumerable.Range(0, 6000).Select(i => $"y{{i=\"{i}\"}} 1\n"));
        foreach (string job in (string[])["large1", "large2"])
        {
            Assert.Equal(200, (await gateway.SendAsync("POST", $"/metrics/job/{job}", large)).Status);
        }
        var store = new RecordingStore(gateway.Services.GetRequiredService<IDurableStore>());
        using ExpiryService service = ActivatorUtilities.CreateInstance<ExpiryService>(gateway.Services, store);
        gateway.Time.Advance(TimeSpan.FromMinutes(1));

        await service.ExpireDueAsync();

        Assert.Empty(Jobs(gateway));
        Assert.Equal(1202, store.Deletions.Sum(deletion => deletion.Count));
        Assert.All(store.Deletions, deletion => Assert.InRange(deletion.Count, 1, 500));
        Assert.All(
            store.Deletions,
            deletion => Assert.True(deletion.Count(one => one.Key.ToString().Contains("large", StringComparison.Ordinal)) <= 1));
        Assert.Single(gateway.Log.OfLevel("info"), line => line.Contains("groups=1202", StringComparison.Ordinal));
    }

    private sealed class RecordingStore(IDurableStore store) : IDurableStore
    {
        public List<IReadOnlyList<DeleteCommand>> Deletions { get; } = [];

        public Outcome.Unavailable? Unavailability => store.Unavailability;

        public ValueTask WaitForCapacityAsync(CancellationToken cancellation) => store.WaitForCapacityAsync(cancellation);

        public ValueTask<Outcome> ApplyAsync(StoreCommand command)
        {
            Deletions.Add(((DeleteGroupsCommand)command).Deletions);
            return store.ApplyAsync(command);
        }

        public bool TryFindRepeat(IdempotencyKey key, long at, bool isDryRun, out ValueTask<Outcome> outcome) =>
            store.TryFindRepeat(key, at, isDryRun, out outcome);
    }

    private static async Task PushAsync(RunningGateway gateway, string job, params string[] headers)
    {
        RawAnswer answer = await gateway.SendAsync("POST", $"/metrics/job/{job}", "x 1\n", headers);
        Assert.Equal(200, answer.Status);
    }

    private static Task ExpireAsync(RunningGateway gateway, TimeSpan later)
    {
        gateway.Time.Advance(later);
        return gateway.Services.GetRequiredService<ExpiryService>().ExpireDueAsync();
    }

    private static IEnumerable<string> Jobs(RunningGateway gateway) =>
        gateway.Snapshot.Groups.Select(group => group.Key.Labels.Single(label => label.Name.ToString() == "job").Value.ToString());
}
