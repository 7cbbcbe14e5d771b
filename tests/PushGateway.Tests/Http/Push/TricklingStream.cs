namespace PushGateway.Tests.Http.Push;

/// <summary>A stream that returns few bytes per read, like a slow connection.</summary>
internal sealed class TricklingStream(byte[] bytes, int step) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
}
