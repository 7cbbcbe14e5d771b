namespace PushGateway.Fuzz;

/// <summary>
/// Random numbers that are the same on all machines. Each execution restarts them at the cost of a few instructions, so that
/// it can be repeated without the previous ones.
/// </summary>
/// <remarks>SplitMix64, after Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.</remarks>
internal sealed class Dice
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    public void Begin(ulong seed, long execution)
    {
        _state = seed;
        _state = Next() ^ (ulong)execution;
    }

    public ulong Next()
    {
        ulong mixed = _state += Step;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to below a limit, which is above 0.</summary>
    public int Below(int limit) => (int)(Next() % (uint)limit);

    public bool OneIn(int count) => Below(count) == 0;

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>Short ones more often than long ones.</summary>
    public int Length(int most) => 1 + Below(1 + Below(Math.Max(1, most)));
}
