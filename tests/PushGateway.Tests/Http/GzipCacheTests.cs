using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;
using PushGateway.Core.Store.Output.Gzip;
using PushGateway.Http;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class GzipCacheTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly GzipCache _cache;

    public GzipCacheTests() => _cache = new GzipCache(_time);

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Use_NoScrapeForAWhile_GivesTheMemoryUp()
    {
        await ScrapeAsync(_cache.Use());
        _time.Advance(GzipCache.Idle - TimeSpan.FromSeconds(1));
        await ScrapeAsync(_cache.Use());
        _time.Advance(GzipCache.Idle - TimeSpan.FromSeconds(1));
        Assert.False(_cache.IsEmpty);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_cache.IsEmpty);
    }

    private static async Task ScrapeAsync(DeflateCache cache)
    {
        var store = new GroupStore([]);
        byte[] body = [.. Enumerable.Range(0, 1000).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"x{{l=\"{i}\"}} 1\n"))];
        Assert.True(TextParser.TryParse(body, NameValidation.Legacy, out List<MetricFamily>? families, out _));
        store.Apply(new PushCommand(new GroupingKey([new Label("job", "j")]), PushMode.Replace, PushCheck.Checked, families, 1));
        var exposition = new SnapshotExposition(store.Snapshot.Families(), [], [], ExpositionFormat.Text, NameEscaping.None);

        await exposition.WriteGzipAsync(PipeWriter.Create(Stream.Null), cache, TestContext.Current.CancellationToken);
    }
}
