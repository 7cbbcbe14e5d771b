namespace PushGateway.Core.Persistence;

/// <summary>
/// Bytes that are not what a persistence file has there. The message names the byte, counted from 0, and what was
/// expected; a failing disk is an <see cref="IOException"/> instead.
/// </summary>
public sealed class GobFormatException(long offset, string problem) : FormatException($"byte {offset}: {problem}")
{
    /// <summary>How many bytes of the file were read before those at fault.</summary>
    public long Offset { get; } = offset;
}
