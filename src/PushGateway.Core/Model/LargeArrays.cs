using System.Buffers;

namespace PushGateway.Core.Model;

/// <summary>A pool of arrays from 1 to 16 MiB, which <see cref="Release"/> empties.</summary>
/// <remarks>The shared pool would keep the arrays of a large push for minutes, and of many at a time for longer.</remarks>
public static class LargeArrays
{
    public const int MinBytes = 1 << 20;
    public const int MaxBytes = 16 << 20;

    /// <summary>Of each size. The pieces of one body of 64 MiB are as many.</summary>
    private const int MaxPieces = 64;
    private const int MaxLarger = 2;

    private static ArrayPool<byte> _pieces = NewPool(MinBytes, MaxPieces);
    private static ArrayPool<byte> _larger = NewPool(MaxBytes, MaxLarger);

    public static byte[] Rent(int size) => (size <= MinBytes ? _pieces : _larger).Rent(size);

    public static void Return(byte[] array) => (array.Length <= MinBytes ? _pieces : _larger).Return(array);

    /// <summary>Leaves the arrays that nobody uses to the garbage collector.</summary>
    public static void Release()
    {
        _pieces = NewPool(MinBytes, MaxPieces);
        _larger = NewPool(MaxBytes, MaxLarger);
    }

    private static ArrayPool<byte> NewPool(int maxBytes, int maxArrays) => ArrayPool<byte>.Create(maxBytes, maxArrays);
}
