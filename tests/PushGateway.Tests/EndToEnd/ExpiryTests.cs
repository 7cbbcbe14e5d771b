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
        while (scrape.Contains("job=\"short\"", StringComparison.Ordinal) && Moment.Now() < expiry + Deadline.Change.TotalSeconds);

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

    /// <summary>Each group is pushed to about when it expires. Whatever was acknowledged stays for its time.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(200)]
    public async Task Push_AroundTheExpiryOfItsGroup_IsNeverLost(int milliseconds)
    {
        const int groups = 24;
        GatewayProcess gateway = await StartAsync("50ms", "--persistence.fsync=never");
        double end = Moment.Now() + 5;
        int[] found = await Task.WhenAll(Enumerable.Range(0, groups).Select(i => PushAgainAsync(gateway, i, milliseconds, end)));

        Assert.True(found.Sum() > groups, $"{found.Sum()} pushes were looked at in time");
        Assert.Matches("(?m)^pushgateway_groups_expired_total [1-9]", await gateway.ScrapeAsync());
    }

    /// <summary>Returns how many pushes were there while they had to be.</summary>
    private static async Task<int> PushAgainAsync(GatewayProcess gateway, int group, int milliseconds, double end)
    {
        var random = new Random(group);
        string key = string.Create(CultureInfo.InvariantCulture, $"job/load/instance/{group}");
        string timeToLive = string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        int found = 0;
        for (int value = 1; Moment.Now() < end; value++)
        {
            double sent = Moment.Now();
            await gateway.PushAsync(key, string.Create(CultureInfo.InvariantCulture, $"x {value}\n"), ("Pushgateway-TTL", timeToLive));
            using HttpResponseMessage answer = await gateway.Client.GetAsync($"/api/v1/groups/{key}", TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                found++;
                Assert.Contains(
                    $"\"value\":\"{value}\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
            else
            {
                double age = Moment.Now() - sent;
                Assert.True(age * 1000 >= milliseconds, $"push {value} of {key} is gone after {age} s");
            }
            double next = sent + (milliseconds * (0.8 + random.NextDouble() * 0.5) / 1000);
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, next - Moment.Now())), TestContext.Current.CancellationToken);
        }
        return found;
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
}
