using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Kill;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Times to live, by the machine's clock: over kills and restarts, and under load.</summary>
public sealed partial class ExpiryTests : GatewayTests
{
    private const double RoundingSeconds = 1e-6;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-expiry-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The group is only in the journal, or only in the persistence file.</summary>
    [Theory]
    [InlineData("24h", UnixSignal.Kill)]
    [InlineData("11ms", UnixSignal.Kill)]
    [InlineData("24h", UnixSignal.Terminate)]
    public async Task Group_RestartInTheMiddle_GoesInTimeAndStaysAway(string interval, UnixSignal signal)
    {
        GatewayProcess before = await StartAsync(interval);
        await before.PushAsync("job/short", "x 1\n", ("Pushgateway-TTL", "2s"));
        await before.PushAsync("job/long", "x 1\n", ("Pushgateway-TTL", "1h"));
        double expiry = PushTime(await before.ScrapeAsync(), "short") + 2;
        await EndAsync(before, signal);

        GatewayProcess after = await StartAsync(interval);
        string scrape = "";
        do
        {
            scrape = await after.ScrapeAsync();
        }
        while (scrape.Contains("job=\"short\"", StringComparison.Ordinal)
            && Moment.Now() < expiry + Deadline.Change.TotalSeconds);

        Assert.DoesNotContain("job=\"short\"", scrape);
        Assert.True(Moment.Now() >= expiry - RoundingSeconds, $"gone {expiry - Moment.Now()} s too early");
        Assert.Contains("x{instance=\"\",job=\"long\"} 1\n", scrape);
        foreach (UnixSignal next in (UnixSignal[])[UnixSignal.Kill, UnixSignal.Terminate])
        {
            await EndAsync(after, next);
            after = await StartAsync(interval);
            Assert.Equal("job=long", (await after.GroupAsync()).LabelText());
        }
    }

    [Fact]
    public async Task Group_ExpiredWhileNothingRan_IsInNoScrape()
    {
        GatewayProcess before = await StartAsync("24h");
        await before.PushAsync("job/short", "x 1\n", ("Pushgateway-TTL", "1s"));
        double expiry = PushTime(await before.ScrapeAsync(), "short") + 1;
        await EndAsync(before, UnixSignal.Kill);
        await Task.Delay(
            TimeSpan.FromSeconds(Math.Max(0, expiry - Moment.Now())) + TimeSpan.FromMilliseconds(1),
            TestContext.Current.CancellationToken);

        GatewayProcess after = StoppedAtTheEnd(GatewayProcess.StartWithoutWaiting(Flags("24h")));
        await Deadline.UntilAsync(
            Deadline.Start,
            "the first scrape is answered",
            async cancellation => await after.StatusAsync("/metrics?name[]=x", cancellation) == HttpStatusCode.OK);

        Assert.DoesNotContain("short", await after.ScrapeAsync());
    }

    /// <summary>Many groups get a push at about the time when they expire. An acknowledged push stays for its time to live.</summary>
    [Fact]
    public async Task Push_AroundTheExpiryOfItsGroup_IsNeverLost()
    {
        const int rounds = 10;
        GatewayProcess gateway = await StartAsync("50ms");
        int[] order = [.. Enumerable.Range(0, 1200)];
        double[] sent = new double[order.Length];
        var random = new Random(1);
        int found = 0;
        for (int round = 1; round <= rounds; round++)
        {
            double start = Moment.Now();
            string push = string.Create(CultureInfo.InvariantCulture, $"x {round}\n");
            random.Shuffle(order);
            await Parallel.ForEachAsync(
                order,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = 16,
                    CancellationToken = TestContext.Current.CancellationToken,
                },
                async (group, _) =>
                {
                    sent[group] = Moment.Now();
                    await gateway.PushAsync($"job/load/instance/{group}", push, ("Pushgateway-TTL", "1s"));
                });
            found += CountFound(await gateway.ScrapeAsync(), round, sent);
            double next = start + 0.9 + (random.NextDouble() * 0.3);
            await Task.Delay(
                TimeSpan.FromSeconds(Math.Max(0, next - Moment.Now())), TestContext.Current.CancellationToken);
        }

        Assert.True(found > order.Length, $"{found} pushes were looked at in time");
        Assert.Matches("(?m)^pushgateway_groups_expired_total [1-9]", await gateway.ScrapeAsync());
    }

    /// <summary>Asserts that the groups that cannot have expired have the value.</summary>
    /// <param name="sent">When the last push of each group was sent.</param>
    private static int CountFound(string scrape, int value, double[] sent)
    {
        double now = Moment.Now();
        var values = LoadSample().Matches(scrape).ToDictionary(
            match => int.Parse(match.Groups["group"].Value, CultureInfo.InvariantCulture),
            match => match.Groups["value"].Value);
        string[] lost =
        [
            .. Enumerable.Range(0, sent.Length)
                .Where(group => now < sent[group] + 1 && !values.ContainsKey(group))
                .Select(group => $"{group} after {now - sent[group]} s"),
        ];
        Assert.True(lost.Length == 0, $"round {value}: lost {lost.Length} groups: {string.Join(", ", lost)}");
        Assert.All(values.Values, shown => Assert.Equal(value.ToString(CultureInfo.InvariantCulture), shown));
        return values.Count;
    }

    private async Task<GatewayProcess> StartAsync(string interval, params string[] flags) =>
        await StartGatewayAsync([.. Flags(interval), .. flags]);

    private string[] Flags(string interval) =>
        [$"--persistence.file={Path.Combine(_folder.FullName, "metrics")}", $"--persistence.interval={interval}"];

    private static async Task EndAsync(GatewayProcess gateway, UnixSignal signal)
    {
        gateway.Send(signal);
        await gateway.WaitForExitAsync();
    }

    private static double PushTime(string scrape, string job)
    {
        Match match = PushTimeSample().Matches(scrape).Single(match => match.Groups["job"].Value == job);
        return double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("""(?m)^push_time_seconds\{instance="",job="(?<job>\w+)"\} (?<time>\S+)$""")]
    private static partial Regex PushTimeSample();

    [GeneratedRegex("""(?m)^x\{instance="(?<group>\d+)",job="load"\} (?<value>\S+)$""")]
    private static partial Regex LoadSample();
}
