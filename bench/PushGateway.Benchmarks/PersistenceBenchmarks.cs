using BenchmarkDotNet.Attributes;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;

namespace PushGateway.Benchmarks;

/// <summary>The persistence file of 200,000 and 1,000,000 series, written and read, without a disk.</summary>
[MemoryDiagnoser]
public class PersistenceBenchmarks
{
    private byte[] _file = [];
    private StoreSnapshot _snapshot = new GroupStore([]).Snapshot;

    [Params(10_000, 50_000)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void Load()
    {
        _snapshot = Stores.Load(Groups).Snapshot;
        using var file = new MemoryStream();
        GobSnapshotWriter.Write(file, _snapshot);
        _file = file.ToArray();
    }

    [Benchmark]
    public long Write()
    {
        using var file = new MemoryStream(_file);
        GobSnapshotWriter.Write(file, _snapshot);
        return file.Position;
    }

    /// <summary>On one thread. The gateway decodes the next chunks on other threads while it puts these groups into the store.</summary>
    [Benchmark]
    public GroupStore Restore()
    {
        using var file = new MemoryStream(_file);
        var store = new GroupStore([]);
        var groups = new List<RestoredGroup>();
        foreach (SnapshotChunk piece in GobSnapshotReader.ReadChunks(file))
        {
            piece.Decode(groups);
            groups.ForEach(group => store.Apply(new RestoreCommand(group.Key, group.Families)));
            groups.Clear();
        }
        return store;
    }
}
