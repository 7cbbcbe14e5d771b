using BenchmarkDotNet.Attributes;
using PushGateway.Core.Store;

namespace PushGateway.Benchmarks;

/// <summary>
/// PUT of 20 series to an existing group. Neither the cost nor the allocated memory may grow with the number of
/// groups.
/// </summary>
[MemoryDiagnoser]
public class PushBenchmarks
{
    private const int PushesPerInvoke = 4096;

    /// <summary>Has no common factor with the numbers of groups, so that all groups are visited.</summary>
    private const int Stride = 7919;

    private readonly Body[] _bodies = [.. Enumerable.Range(0, 64).Select(Bodies.Group)];
    private readonly PushCommand[] _commands = new PushCommand[PushesPerInvoke];
    private GroupStore _store = new([]);
    private GroupingKey[] _keys = [];
    private long _pushes;

    [Params(100, 10_000, 50_000)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void Load()
    {
        _store = Stores.Load(Groups);
        _keys = [.. Enumerable.Range(0, Groups).Select(Stores.KeyOf)];
    }

    /// <summary>A command takes ownership of its families, so each push needs its own.</summary>
    [IterationSetup(Target = nameof(Apply))]
    public void Parse()
    {
        for (int i = 0; i < _commands.Length; i++)
        {
            _commands[i] = NextCommand();
        }
    }

    [Benchmark(OperationsPerInvoke = PushesPerInvoke)]
    public void Apply()
    {
        foreach (PushCommand command in _commands)
        {
            Stores.Expect(_store.Apply(command));
        }
    }

    [Benchmark]
    public CommandResult ParseAndApply() => Stores.Expect(_store.Apply(NextCommand()));

    private PushCommand NextCommand()
    {
        long number = _pushes++;
        GroupingKey key = _keys[number * Stride % _keys.Length];
        return Stores.Put(key, _bodies[number % _bodies.Length].ParseText(), Groups + number);
    }
}
