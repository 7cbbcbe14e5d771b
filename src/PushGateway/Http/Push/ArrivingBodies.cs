namespace PushGateway.Http.Push;

/// <summary>
/// Limits the memory of large bodies that are arriving or wait for their lease: each may take its time, and hold its memory
/// meanwhile. Thread-safe.
/// </summary>
internal sealed class ArrivingBodies(long maxBytes)
{
    /// <summary>So many of the largest bodies may arrive together.</summary>
    public const int MaxWhole = 8;

    private long _bytes;

    /// <summary>What they take now, without the first megabyte of each.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <exception cref="BadHttpRequestException">There is no room for so many bytes.</exception>
    public void Add(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > maxBytes)
        {
            Remove(bytes);
            throw new BadHttpRequestException(
                "too many large bodies are arriving at the same time", StatusCodes.Status503ServiceUnavailable);
        }
    }

    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
