using System.Text;
using System.Text.Unicode;

namespace PushGateway.Core.Model;

/// <summary>
/// Unvalidated UTF-8 text. Compares byte by byte, which is the order of expositions and differs from the UTF-16 order.
/// </summary>
/// <remarks>
/// A view: text parsed from a request body is valid only as long as the body's buffer. Call <see cref="Copy"/> to keep
/// it.
/// </remarks>
public readonly struct Utf8String : IEquatable<Utf8String>, IComparable<Utf8String>
{
    public static readonly Utf8String Empty = new("");

    private readonly ReadOnlyMemory<byte> _bytes;

    public Utf8String(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public Utf8String(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    public Utf8String(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public ReadOnlySpan<byte> Span => _bytes.Span;

    public ReadOnlyMemory<byte> Memory => _bytes;

    public int Length => _bytes.Length;

    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>
    /// Whether it is the default value, which represents an absent protobuf field. It equals an empty text, and its copy is
    /// one.
    /// </summary>
    public bool IsAbsent => _bytes.Equals(default);

    public bool IsValidUtf8 => Utf8.IsValid(_bytes.Span);

    public static bool operator ==(Utf8String left, Utf8String right) => left.Equals(right);

    public static bool operator !=(Utf8String left, Utf8String right) => !left.Equals(right);

    public static bool operator <(Utf8String left, Utf8String right) => left.CompareTo(right) < 0;

    public static bool operator >(Utf8String left, Utf8String right) => left.CompareTo(right) > 0;

    public static bool operator <=(Utf8String left, Utf8String right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Utf8String left, Utf8String right) => left.CompareTo(right) >= 0;

    /// <summary>A copy that owns its memory.</summary>
    public Utf8String Copy() => new(_bytes.ToArray());

    public Utf8String Slice(int start, int length) => new(_bytes.Slice(start, length));

    public bool Equals(Utf8String other) => _bytes.Span.SequenceEqual(other._bytes.Span);

    public override bool Equals(object? obj) => obj is Utf8String other && Equals(other);

    public int CompareTo(Utf8String other) => _bytes.Span.SequenceCompareTo(other._bytes.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The text, with U+FFFD for invalid UTF-8.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes.Span);
}
