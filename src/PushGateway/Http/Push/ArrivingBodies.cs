namespace PushGateway.Http.Push;

/// <summary>
/// Limits the memory of large bodies that are arriving or wait for their lease, since each may arrive slowly and hold its
/// memory for that time. Thread-safe.
/// </summary>
internal sealed class ArrivingBodies(long maxBytes)
{
    /// <summary>The number of bodies of maximum size that may arrive together.</summary>
    public const int MaxWhole = 8;

    private long _bytes;

    /// <summary>The current bytes, without the first megabyte of each body.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <exception cref="BadHttpRequestException">The bytes would exceed the limit.</exception>
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
