using PushGateway.Core.Persistence.Disk;

namespace PushGateway.Core.Tests.Persistence.Disk;

internal sealed class SimulatedFile(SimulatedFolder folder, string name, SimulatedContent content) : DurableFile
{
    private bool _isClosed;

    public override long Length => content.Seen.Length;

    /// <remarks>Returns fewer bytes than requested, which files may do.</remarks>
    public override int Read(Span<byte> buffer, long offset)
    {
        int count = (int)Math.Clamp(content.Seen.Length - offset, 0, buffer.Length);
        count = count > 7 ? count - 3 : count;
        content.Seen.AsSpan((int)Math.Min(offset, content.Seen.Length), count).CopyTo(buffer);
        return count;
    }

    public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        byte[] bytes = [.. buffers.SelectMany(buffer => buffer.ToArray())];
        folder.Do(
            $"write {name}",
            () =>
            {
                long free = folder.FreeBytes!.Value;
                Put(bytes.AsSpan(0, (int)Math.Min(free, bytes.Length)), offset);
                return free >= bytes.Length ? 0 : throw new SimulatedError("No space left on device");
            },
            half: () => Put(bytes.AsSpan(0, bytes.Length / 2), offset));
    }

    public override void Truncate(long length)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        folder.Do($"truncate {name}", () =>
        {
            content.Seen = content.Seen[..(int)length];
            return 0;
        });
    }

    public override void Sync()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        folder.DuringSync();
        try
        {
            folder.Do($"sync {name}", () =>
            {
                content.Sync();
                return 0;
            });
        }
        catch (SimulatedError)
        {
            content.IsForgotten = true;
            throw;
        }
    }

    protected override void Close() => _isClosed = true;

    private void Put(ReadOnlySpan<byte> bytes, long offset)
    {
        byte[] seen = content.Seen;
        Array.Resize(ref seen, (int)Math.Max(seen.Length, offset + bytes.Length));
        bytes.CopyTo(seen.AsSpan((int)offset));
        content.Seen = seen;
    }
}
