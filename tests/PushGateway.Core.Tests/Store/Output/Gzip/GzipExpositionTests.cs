using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;
using PushGateway.Core.Store.Output.Gzip;
using PushGateway.Core.Tests.Exposition;
using Xunit;

namespace PushGateway.Core.Tests.Store.Output.Gzip;

public class GzipExpositionTests
{
    private readonly DeflateCache _cache = new();

    [Fact]
    public void Write_EmptyStore_IsAnEmptyText()
    {
        Assert.Equal("", Scrape(new TestStore()));
        Assert.Equal(0, _cache.Compressed);
    }

    /// <summary>After any change between two scrapes, both decompress to the text scrape.</summary>
    [Theory]
    [InlineData(NameEscaping.None)]
    [InlineData(NameEscaping.Underscores)]
    public void Write_RandomChanges_AreTheText(NameEscaping escaping)
    {
        Gen<(int Group, int Series, bool Deletes)[]> changes = Gen.Choose(0, 30)
            .SelectMany(group => Gen.Choose(1, 400), (group, series) => (group, series))
            .SelectMany(_ => Gen.Elements(true, false, false), (one, deletes) => (one.group, one.series, deletes))
            .ArrayOf(12);
        Prop.ForAll(changes.ToArbitrary(), changed =>
        {
            var store = new TestStore();
            var cache = new DeflateCache();
            foreach ((int group, int series, bool deletes) in changed)
            {
                string key = $"job=j{group}";
                store.Put(key, deletes ? "" : Body("a", series) + Body(series % 7 == 0 ? "\"b.c\"" : "b", series / 3));

                Assert.Equal(store.ScrapeAll(escaping: escaping), Scrape(store, cache, escaping));
            }
        }).Check(PropertyTests.Settings.WithMaxTest(60));
    }

    [Fact]
    public void Write_AnyFamilies_AreTheText() => Prop.ForAll(OpenMetricsFamilies.Any.Generator.ListOf().ToArbitrary(), families =>
    {
        var store = new TestStore { NativeHistograms = NativeHistogramStyle.Classic };
        foreach (MetricFamily family in families)
        {
            store.Push($"job=j{family.Metrics.Count % 3}", PushMode.Merge, PushCheck.Checked, [family]);
            Assert.Equal(store.ScrapeAll(), Scrape(store));
        }
    }).Check(PropertyTests.Settings.WithMaxTest(100));

    [Fact]
    public void Write_SecondTime_CompressesNoChunk()
    {
        TestStore store = Loaded();
        Scrape(store);
        long first = _cache.Compressed;

        Assert.Equal(store.ScrapeAll(), Scrape(store));

        Assert.InRange(first, 10, 100);
        Assert.Equal(first, _cache.Compressed);
    }

    [Theory]
    [InlineData("job=j0")]
    [InlineData("job=j250")]
    [InlineData("job=j499")]
    public void Write_OneGroupChanged_CompressesAChunkOfEachFamily(string key)
    {
        TestStore store = Loaded();
        Scrape(store);
        long first = _cache.Compressed;
        store.Put(key, Body("a", 21) + Body("b", 19));

        Assert.Equal(store.ScrapeAll(), Scrape(store));

        // Two families of the push, and the two of the push times.
        Assert.InRange(_cache.Compressed - first, 2, 4);
    }

    /// <summary>Chunks do not become ever smaller as groups are added and removed.</summary>
    [Fact]
    public void Write_ManyChanges_KeepsTheNumberOfChunks()
    {
        TestStore store = Loaded();
        Scrape(store);
        long first = _cache.Compressed;
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            store.Put($"job=j{random.Next(500)}", Body("a", random.Next(1, 40)) + Body("b", random.Next(1, 40)));
            Scrape(store);
        }
        _cache.Clear();
        long before = _cache.Compressed;

        Assert.Equal(store.ScrapeAll(), Scrape(store));

        Assert.InRange(_cache.Compressed - before, first / 2, first * 2);
    }

    [Fact]
    public void Clear_Cache_CompressesAllAgain()
    {
        TestStore store = Loaded();
        Scrape(store);
        long first = _cache.Compressed;

        _cache.Clear();

        Assert.Equal(store.ScrapeAll(), Scrape(store));
        Assert.Equal(2 * first, _cache.Compressed);
    }

    private static TestStore Loaded()
    {
        var store = new TestStore();
        for (int i = 0; i < 500; i++)
        {
            store.Put($"job=j{i}", Body("a", 20) + Body("b", 20));
        }
        return store;
    }

    private static string Body(string name, int series) => string.Concat(Enumerable.Range(0, series).Select(
        i => name[0] == '"' ? $"{{{name},l=\"{i}\"}} {i}\n" : $"{name}{{l=\"{i}\"}} {i}\n"));

    private string Scrape(TestStore store) => Scrape(store, _cache, NameEscaping.None);

    private static string Scrape(TestStore store, DeflateCache cache, NameEscaping escaping)
    {
        var exposition = new SnapshotExposition(store.Store.Snapshot.Families(), [], [], ExpositionFormat.Text, escaping)
        {
            NativeHistograms = store.NativeHistograms,
        };
        using var output = new MemoryStream();
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        exposition.WriteGzipAsync(writer, cache, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        writer.Complete();
        output.Position = 0;
        using var gzip = new GZipStream(output, CompressionMode.Decompress);
        using var text = new MemoryStream();
        gzip.CopyTo(text);
        Assert.Equal(output.Length, output.Position);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
