using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>With <c>--cluster.scrape=lease</c>, one replica shows the groups, and never two, whatever fails.</summary>
public sealed class LeaseTests
{
    private const string Sample = "leased{instance=\"\",job=\"a\"} 1";

    /// <summary>The maximum time until another replica takes over the lease of a dead holder.</summary>
    private const double MaxTakeOver = 5;

    [Fact]
    public async Task Holder_IsKilled_AnotherShowsTheGroupsWithin5Seconds()
    {
        await using ClusterUnderTest cluster = await StartAsync();
        await using var samples = new LeaseSampler(cluster);
        for (int i = 0; i < 3; i++)
        {
            Replica holder = await samples.WaitForHolderAsync(other: null);
            double killed = Operation.Now();
            await holder.KillAsync();
            await samples.WaitForHolderAsync(other: holder);
            double took = samples.LastSwitch - killed;
            TestContext.Current.TestOutputHelper!.WriteLine($"took over {took:F2} s after the kill");
            Assert.True(took < MaxTakeOver, $"took over {took:F2} s after the kill");
            await holder.StartAsync();
        }
        await samples.AssertNeverTwoAsync();
    }

    [Fact]
    public async Task Holder_IsStopped_ShowsNothingWhenItGoesOn()
    {
        await using ClusterUnderTest cluster = await StartAsync();
        await using var samples = new LeaseSampler(cluster);
        for (int i = 0; i < 3; i++)
        {
            Replica holder = await samples.WaitForHolderAsync(other: null);
            holder.Stop();
            await samples.WaitForHolderAsync(other: holder);
            holder.Continue();
            await Task.Delay(1500, TestContext.Current.CancellationToken);
        }
        await samples.AssertNeverTwoAsync();
    }

    [Fact]
    public async Task Holder_IsCutOff_ShowsNothingBeforeAnotherDoes()
    {
        await using ClusterUnderTest cluster = await StartAsync();
        await using var samples = new LeaseSampler(cluster);
        for (int i = 0; i < 3; i++)
        {
            Replica holder = await samples.WaitForHolderAsync(other: null);
            foreach (TcpProxy network in holder.Networks)
            {
                network.Stall();
            }
            await samples.WaitForHolderAsync(other: holder);
            foreach (TcpProxy network in holder.Networks)
            {
                network.Heal();
            }
            await Task.Delay(1500, TestContext.Current.CancellationToken);
        }
        await samples.AssertNeverTwoAsync();
    }

    /// <summary>
    /// The standby lacks the last renewals, so the lease seems to be free there. The holder cannot reach the standby, and trusts
    /// the primary's last answer.
    /// </summary>
    [Fact]
    public async Task Failover_StandbyLacksTheLastRenewals_TwoNeverShow()
    {
        await using ClusterUnderTest cluster = await StartAsync();
        await using var samples = new LeaseSampler(cluster);
        Replica holder = await samples.WaitForHolderAsync(other: null);
        cluster.Database.Standby!.SendToAll(UnixSignal.Stop);
        await Task.Delay(5000, TestContext.Current.CancellationToken);
        Assert.Same(holder, await samples.WaitForHolderAsync(other: null));

        holder.Networks[1].Refuses = true;
        cluster.Database.Primary.SendToAll(UnixSignal.Kill);
        cluster.Database.Standby.SendToAll(UnixSignal.Continue);
        await cluster.Database.FailOverAsync();
        cluster.Reconnect();

        await samples.WaitForHolderAsync(other: holder);
        await samples.AssertNeverTwoAsync();
    }

    private static async Task<ClusterUnderTest> StartAsync()
    {
        ClusterUnderTest cluster = await ClusterUnderTest.StartAsync(3, diskBytes: 0, "--cluster.scrape=lease");
        await cluster.Replicas[0].Running.PushAsync("job/a", "leased 1\n");
        return cluster;
    }

    /// <summary>Scrapes all replicas all the time.</summary>
    private sealed class LeaseSampler : IAsyncDisposable
    {
        /// <summary>Between two scrapes that show the groups, a replica held the lease, if they are no further apart.</summary>
        private const double MaxGap = 1;

        private readonly CancellationTokenSource _end = new();
        private readonly Lock _lock = new();
        private readonly List<Shown> _shown = [];
        private readonly Task _sampling;

        public LeaseSampler(ClusterUnderTest cluster) =>
            _sampling = Task.WhenAll(cluster.Replicas.Select(replica => Task.Run(() => SampleAsync(replica))));

        /// <summary>The time when the current holder first showed the groups.</summary>
        public double LastSwitch
        {
            get
            {
                lock (_lock)
                {
                    Replica last = _shown[^1].Replica;
                    int other = _shown.FindLastIndex(one => one.Replica != last);
                    return _shown[other + 1].To;
                }
            }
        }

        /// <summary>Waits for a replica to show the groups from now on.</summary>
        /// <param name="other">The one that is not waited for.</param>
        public async Task<Replica> WaitForHolderAsync(Replica? other)
        {
            double from = Operation.Now();
            Replica? found = null;
            await Deadline.UntilAsync(
                Deadline.Change,
                "a replica shows the groups",
                _ =>
                {
                    lock (_lock)
                    {
                        found = _shown.FindLast(one => one.From > from && one.Replica != other)?.Replica;
                        return Task.FromResult(found is not null);
                    }
                });
            return found!;
        }

        /// <summary>Ends the sampling.</summary>
        public async Task AssertNeverTwoAsync()
        {
            await _end.CancelAsync();
            await _sampling;
            var held = new List<Shown>();
            foreach (IGrouping<Replica, Shown> replica in _shown.GroupBy(one => one.Replica))
            {
                Shown[] all = [.. replica.OrderBy(one => one.From)];
                held.AddRange(all.Zip(all.Skip(1)).Where(pair => pair.Second.From - pair.First.To < MaxGap)
                    .Select(pair => new Shown(replica.Key, pair.First.To, pair.Second.From)));
            }
            TestContext.Current.TestOutputHelper!.WriteLine($"{_shown.Count} scrapes showed the groups");
            Assert.True(_shown.Count > 20);
            foreach (Shown one in held)
            {
                Shown? two = held.Find(two => two.Replica != one.Replica && two.From < one.To && one.From < two.To);
                Assert.True(two is null, $"{one.Replica.Name} and {two?.Replica.Name} showed the groups at {one.From:F3} and {two?.From:F3}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _sampling;
            _end.Dispose();
        }

        private async Task SampleAsync(Replica replica)
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                    patience.CancelAfter(TimeSpan.FromSeconds(8));
                    double from = Operation.Now();
                    string text = await http.GetStringAsync($"http://127.0.0.1:{replica.Port}/metrics", patience.Token);
                    if (text.Contains(Sample, StringComparison.Ordinal))
                    {
                        lock (_lock)
                        {
                            _shown.Add(new Shown(replica, from, Operation.Now()));
                        }
                    }
                    await Task.Delay(15, _end.Token);
                }
                catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
                {
                    // Dead, or the end.
                }
            }
        }

        /// <param name="From">When the scrape was sent, or held for certain.</param>
        private sealed record Shown(Replica Replica, double From, double To);
    }
}
