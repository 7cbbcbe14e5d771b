using System.Text;

namespace PushGateway.Fuzz;

/// <summary>A reader of input that may be anything.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    /// <summary>Inputs that lead far into the format.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Pieces that mean something in the format.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>What a reading may allocate for each byte of its input; what is reused does not count.</summary>
    public abstract int BytesPerByte { get; }

    /// <summary>What it may allocate besides.</summary>
    public virtual int BytesBesides => 16 * 1024;

    public virtual byte[] Make(Mutator mutator) => mutator.Mutate();

    /// <summary>What the server does with the input. Its time and memory are watched.</summary>
    public abstract void Read(byte[] input);

    /// <summary>Throws <see cref="OracleException"/> if two answers differ that have to be the same.</summary>
    public abstract void Check(byte[] input);
}

/// <summary>The code is not wrong by itself, but does not agree with itself.</summary>
internal sealed class OracleException(string message) : Exception(message)
{
    /// <param name="expected">Is shown as text.</param>
    public static void ThrowIfDifferent(string what, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new OracleException($"{what}:\n{Encoding.UTF8.GetString(expected)}\n---\n{Encoding.UTF8.GetString(actual)}");
        }
    }

    public static void ThrowIfDifferent(string what, string expected, string actual)
    {
        if (expected != actual)
        {
            throw new OracleException($"{what}:\n{expected}\n---\n{actual}");
        }
    }
}
