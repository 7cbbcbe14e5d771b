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

    /// <summary>The bytes that a run may allocate for each byte of its input. Reused memory does not count.</summary>
    public abstract int BytesPerByte { get; }

    /// <summary>The further bytes that it may allocate.</summary>
    public virtual int BytesBesides => 16 * 1024;

    public virtual byte[] Make(Mutator mutator) => mutator.Mutate();

    /// <summary>Processes the input like the server. Its time and memory are measured.</summary>
    public abstract void Read(byte[] input);

    /// <summary>Throws <see cref="OracleException"/> if two results that must be equal differ.</summary>
    public abstract void Check(byte[] input);
}

/// <summary>Two results of the code contradict each other.</summary>
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
