using System.Buffers;

namespace PushGateway.Core.Model;

/// <summary>A pool of arrays of 1 to 16 MiB. <see cref="Release"/> empties it.</summary>
/// <remarks>The shared pool would hold the arrays of a large push for minutes, and those of many concurrent ones for longer.</remarks>
public static class LargeArrays
{
    public const int MinBytes = 1 << 20;
    public const int MaxBytes = 16 << 20;

    /// <summary>Arrays of each size: enough for the chunks of a body of 64 MiB.</summary>
    private const int MaxPieces = 64;
    private const int MaxLarger = 2;

    private static ArrayPool<byte> _pieces = NewPool(MinBytes, MaxPieces);
    private static ArrayPool<byte> _larger = NewPool(MaxBytes, MaxLarger);

    public static byte[] Rent(int size) => (size <= MinBytes ? _pieces : _larger).Rent(size);

    public static void Return(byte[] array) => (array.Length <= MinBytes ? _pieces : _larger).Return(array);

    /// <summary>Releases the unused arrays to the garbage collector.</summary>
    public static void Release()
    {
        _pieces = NewPool(MinBytes, MaxPieces);
        _larger = NewPool(MaxBytes, MaxLarger);
    }

    private static ArrayPool<byte> NewPool(int maxBytes, int maxArrays) => ArrayPool<byte>.Create(maxBytes, maxArrays);
}
