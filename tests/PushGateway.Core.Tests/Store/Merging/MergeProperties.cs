using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Merging;
using Xunit;

namespace PushGateway.Core.Tests.Store.Merging;

/// <summary>Properties of merged pushes in any order.</summary>
public class MergeProperties
{
    private static readonly int[] OutOfOrder = [3, 1, 2];
    private static readonly int[] InOrder = [1, 2, 3];
    private static readonly int[] All = [0, 1, 2, 3, 4];

    private static readonly Gen<int> Labels = Gen.Choose(0, 4);

    /// <summary>A series of a group and what to add to it; negative amounts are rejected.</summary>
    private static readonly Gen<(int Group, int Label, long Amount)[]> Additions =
        (from grp in Gen.Choose(0, 1)
         from label in Labels
         from amount in Gen.Frequency((9, Gen.Choose(0, int.MaxValue).Select(number => (long)number << 13)), (1, Gen.Constant(-1L)))
         select (grp, label, amount)).ArrayOf(60);

    [Fact]
    public void Sum_AnyOrder_IsTheSumOfTheAccepted() => ForAll(Additions, additions =>
    {
        var store = new TestStore();
        var expected = new SortedDictionary<(int Group, int Label), long>();
        foreach ((int group, int label, long amount) in additions)
        {
            bool accepted = store.Merge("sum", $"job={group}", Counter(label, amount)).Error is null;
            Assert.Equal(amount >= 0, accepted);
            Count(expected, (group, label), amount);
        }

        Assert.Equal(expected, Totals(store.Store));
    });

    /// <summary>
    /// Runs concurrently with pushes that replace another family, rejected pushes and scrapes, so that merges must be
    /// repeated and other pushes reuse arrays.
    /// </summary>
    [Fact]
    public void Sum_FromSeveralThreads_LosesNothing() => ForAll(Additions, 20, additions =>
    {
        var store = new GroupStore([]);
        var expected = new SortedDictionary<(int Group, int Label), long>();
        foreach ((int group, int label, long amount) in additions.Concat(additions))
        {
            Count(expected, (group, label), amount);
        }

        Parallel.Invoke(
            () => AddAll(store, additions),
            () => AddAll(store, [.. additions.Reverse()]),
            () => Disturb(store, additions.Length),
            () => Disturb(store, additions.Length));

        Assert.Equal(expected, Totals(store));
    });

    /// <summary>
    /// Merging a large group takes long, and other pushes change the group during that time. The store throws if the group is read
    /// under the store's lock.
    /// </summary>
    [Fact]
    public async Task Sum_ToALargeGroupThatOthersChangeAllTheTime_LosesNothing()
    {
        const int Sums = 10;
        Assert.True(MergeRule.TryParse("sum", out MergeRule? sum));
        string body = "# TYPE c counter\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"c{{n=\"{i}\"}} 1\n"));
        var store = new GroupStore([]);
        Push(store, 0, body, sum);
        using var end = new CancellationTokenSource();
        Task[] others =
        [
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(
                () =>
                {
                    while (!end.IsCancellationRequested)
                    {
                        Disturb(store, times: 10);
                    }
                },
                TestContext.Current.CancellationToken)),
        ];

        for (int i = 1; i < Sums; i++)
        {
            Push(store, 0, body, sum);
        }
        await end.CancelAsync();
        await Task.WhenAll(others);

        StoredFamily counter = store.Find(TestStore.Key("job=0"))!.Find(new Utf8String("c"))!.Value;
        Assert.All(counter.Decode().Metrics, metric => Assert.Equal(Sums, metric.Number));
    }

    /// <summary>Several series per push, repeated or new, in any order.</summary>
    [Fact]
    public void Merge_SeriesInAnyOrder_AreThoseOfANaiveModel()
    {
        Gen<(string Type, int[] Labels)> push =
            from type in Gen.Elements("counter", "gauge")
            from labels in Gen.OneOf(
                Gen.Constant(OutOfOrder), Gen.Constant(InOrder), Gen.Shuffle(All))
            from count in Gen.Choose(3, 5)
            select (type, labels.Take(count).ToArray());
        Gen<(string Rule, (string Type, int[] Labels)[] Pushes)> cases =
            from rule in Gen.Elements("sum", "sum, gauges=max", "sum, gauges=sum", "series")
            from pushes in push.ArrayOf(8)
            select (rule, pushes);
        ForAll(cases, drawn =>
        {
            var store = new TestStore();
            var expected = new SortedDictionary<string, double>(StringComparer.Ordinal);
            int number = 0;
            foreach ((string type, int[] labels) in drawn.Pushes)
            {
                string body = $"# TYPE {type} {type}\n";
                foreach (int label in labels)
                {
                    number = ((number * 7) + 3) % 101;
                    body += $"{type}{{l=\"{label}\"}} {number}\n";
                    string series = $"{type}{{instance=\"\",job=\"a\",l=\"{label}\"}}";
                    expected[series] = Model(drawn.Rule, type, expected.GetValueOrDefault(series), number);
                }
                Assert.Null(store.Merge(drawn.Rule, "job=a", body).Error);
            }

            Assert.Equal(
                expected.Select(pair => $"{pair.Key} {GoNumber.Format(pair.Value)}\n"),
                store.Scrape().SplitAfterLines().Where(line => line[0] != '#'));
        });
    }

    [Fact]
    public void Sum_AnyHistograms_AreOneHistogram()
    {
        Gen<int[][]> pushes = Gen.Choose(0, 1000).ArrayOf(4).ArrayOf(10);
        ForAll(pushes, pushed =>
        {
            var store = new TestStore();
            foreach (int[] counts in pushed)
            {
                Assert.Null(store.Merge("sum", "job=a", HistogramOf(counts)).Error);
                double[] shown = [.. StoredHistogram(store).Buckets.Select(bucket => bucket.Count)];
                Assert.Equal(shown.Order(), shown);
            }

            int[] totals = [.. Enumerable.Range(0, 4).Select(i => pushed.Sum(counts => counts[i]))];
            Histogram expected = TestStore.Parse(HistogramOf(totals))[0].Metrics[0].Histogram!;
            Histogram actual = StoredHistogram(store);
            Assert.Equal(expected.Buckets, actual.Buckets);
            Assert.Equal((expected.SampleCount, expected.SampleSum), (actual.SampleCount, actual.SampleSum));
        });
    }

    [Fact]
    public void Sum_Gauges_AreThoseOfANaiveModel()
    {
        Gen<double> value = Gen.Frequency(
            (6, Gen.Choose(-5, 5).Select(number => number / 2.0)),
            (1, Gen.Elements(double.NaN, double.PositiveInfinity, double.NegativeInfinity)));
        Gen<(GaugeRule Rule, (int, double)[] Pushes)> cases =
            from rule in Gen.Elements(Enum.GetValues<GaugeRule>())
            from pushes in (from label in Labels from number in value select (label, number)).ArrayOf(20)
            select (rule, pushes);
        ForAll(cases, drawn =>
        {
            var store = new TestStore();
            var expected = new SortedDictionary<int, double>();
            foreach ((int label, double number) in drawn.Pushes)
            {
                string text = GoNumber.Format(number);
                string rule = new MergeRule(MergeMode.Sum, drawn.Rule).ToString();
                Assert.Null(store.Merge(rule, "job=a", $"# TYPE g gauge\ng{{l=\"{label}\"}} {text}\n").Error);
                expected[label] = expected.TryGetValue(label, out double before)
                    ? Naive(drawn.Rule, before, number)
                    : number;
            }

            Assert.Equal(
                expected.Select(pair => $"g{{instance=\"\",job=\"a\",l=\"{pair.Key}\"}} {GoNumber.Format(pair.Value)}\n"),
                store.Scrape().SplitAfterLines().Skip(1));
        });
    }

    /// <summary>The index of a store matches its groups after any merges.</summary>
    [Fact]
    public void Merge_AnyPushes_LeaveTheIndexOfWhatIsStored() => ForAll(Additions, additions =>
    {
        var store = new TestStore();
        foreach ((int group, int label, long amount) in additions)
        {
            string rule = label % 2 == 0 ? "series" : "sum";
            store.Merge(rule, $"job={group}", Counter(label, amount));
        }
        int series = store.Store.SeriesCount;
        foreach (MetricGroup group in store.Store.Snapshot.Groups)
        {
            series -= group.Families.ToArray().Sum(family => family.MetricCount);
        }

        Assert.Equal(0, series);
        Assert.Empty(store.GatherErrors());
    });

    private static double Model(string rule, string type, double before, double number) => (rule, type) switch
    {
        ("series", _) or ("sum", "gauge") => number,
        ("sum, gauges=max", "gauge") => Math.Max(before, number),
        _ => before + number,
    };

    private static double Naive(GaugeRule rule, double before, double number) => rule switch
    {
        GaugeRule.Last => number,
        GaugeRule.Sum => before + number,
        _ when double.IsNaN(before) => number,
        _ when double.IsNaN(number) => before,
        GaugeRule.Max => before > number ? before : number,
        _ => before < number ? before : number,
    };

    private static void Count(SortedDictionary<(int, int), long> totals, (int, int) series, long amount)
    {
        if (amount >= 0)
        {
            totals[series] = totals.GetValueOrDefault(series) + amount;
        }
    }

    private static SortedDictionary<(int, int), long> Totals(GroupStore store)
    {
        var totals = new SortedDictionary<(int, int), long>();
        foreach (MetricGroup group in store.Snapshot.Groups)
        {
            foreach (Metric metric in group.Find(new Utf8String("c"))?.Decode().Metrics ?? [])
            {
                int label = int.Parse(metric.Labels[2].Value.ToString(), CultureInfo.InvariantCulture);
                int key = int.Parse(group.Key.Labels[0].Value.ToString(), CultureInfo.InvariantCulture);
                totals.Add((key, label), (long)metric.Number);
            }
        }
        return totals;
    }

    private static void AddAll(GroupStore store, (int Group, int Label, long Amount)[] additions)
    {
        foreach ((int group, int label, long amount) in additions)
        {
            Push(store, group, Counter(label, amount), new MergeRule(MergeMode.Sum));
        }
    }

    private static void Disturb(GroupStore store, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Push(store, i % 2, $"# TYPE other gauge\nother {i}\n", merge: null);
            store.Apply(new RecordParseErrorCommand(TestStore.Key("job=0"), "no", At: 1));
            _ = i % 10 == 0 ? store.Snapshot : null;
        }
    }

    private static void Push(GroupStore store, int group, string body, MergeRule? merge) => store.Apply(
        new PushCommand(TestStore.Key($"job={group}"), PushMode.Merge, PushCheck.Checked, TestStore.Parse(body), At: 1)
        {
            Merge = merge,
        });

    private static string Counter(int label, long amount) =>
        string.Create(CultureInfo.InvariantCulture, $"# TYPE c counter\nc{{l=\"{label}\"}} {amount}\n");

    private static string HistogramOf(int[] counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # TYPE h histogram
        h_bucket{"{"}le="1"{"}"} {counts[0]}
        h_bucket{"{"}le="2"{"}"} {counts[0] + counts[1]}
        h_bucket{"{"}le="4"{"}"} {counts[0] + counts[1] + counts[2]}
        h_bucket{"{"}le="+Inf"{"}"} {counts.Sum()}
        h_sum {counts[0] + (2 * counts[1])}
        h_count {counts.Sum()}

        """);

    private static Histogram StoredHistogram(TestStore store) =>
        store.Store.Snapshot.Find(TestStore.Key("job=a"))!.Find(new Utf8String("h"))!.Value.Decode().Metrics[0].Histogram!;

    private static void ForAll<T>(Gen<T> cases, Action<T> holds) => ForAll(cases, 100, holds);

    private static void ForAll<T>(Gen<T> cases, int times, Action<T> holds) =>
        Prop.ForAll(cases.ToArbitrary(), holds).Check(PropertyTests.Settings.WithMaxTest(times));
}
