using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>The persistence file as it is at start, before anyone reads what it holds.</summary>
internal sealed class SnapshotInfo
{
    private readonly DurableFolder _folder;
    private readonly string _name;
    private long _contentLength;

    /// <summary>What the checksum of the content ought to be; null if no trailer says so, or after the check.</summary>
    private uint? _contentCrc;

    private SnapshotInput? _input;

    private SnapshotInfo(DurableFolder folder, string name)
    {
        _folder = folder;
        _name = name;
    }

    public bool Exists { get; private set; }

    /// <summary>Null if the file has no trailer: the Go Pushgateway has written it, or its end is missing.</summary>
    public CheckpointId? Coverage { get; private set; }

    /// <summary>What its trailer says, also where that is that there was no journal; null if it has none.</summary>
    public CheckpointId? Stated { get; private set; }

    /// <summary>
    /// What is wrong with it, in words; null if nothing is, as far as one can see without decoding it.
    /// </summary>
    public string? Damage { get; set; }

    /// <summary>Reads its end, not its content.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static SnapshotInfo Inspect(DurableFolder folder, string name)
    {
        var found = new SnapshotInfo(folder, name);
        using DurableFile? file = folder.TryOpen(name);
        if (file is not null)
        {
            found.Exists = true;
            found.Inspect(file);
        }
        return found;
    }

    /// <summary>The content, without the trailer; null if there is no file.</summary>
    public Stream? Open() =>
        _input = _folder.TryOpen(_name) is { } file ? new SnapshotInput(file, _contentLength) : null;

    /// <summary>
    /// Checks the content against its checksum, and notes the damage. Where the content was read to its end, it is not
    /// read again.
    /// </summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public void CheckContent()
    {
        if (_contentCrc is not { } expected || Damage is not null)
        {
            return;
        }
        if ((_input?.Checksum ?? ChecksumOfContent()) != expected)
        {
            Damage = "its checksum is wrong";
        }
        _contentCrc = null;
    }

    /// <summary>What a journal that has this file as its base calls it.</summary>
    public Fingerprint Identify()
    {
        using DurableFile? file = _folder.TryOpen(_name);
        return file is null ? Fingerprint.None : new Fingerprint(file.Length, Checksum(file, file.Length));
    }

    private void Inspect(DurableFile file)
    {
        long length = file.Length;
        Span<byte> last = stackalloc byte[(int)Math.Min(length, SnapshotTrailer.Bytes)];
        new BufferedFileReader(file, length).TryCopy(length - last.Length, last);
        int start = SnapshotTrailer.Find(last);
        _contentLength = start < 0 ? length : length - last.Length + start;
        if (start < 0)
        {
            return;
        }
        var trailer = SnapshotTrailer.Decode(last[start..]);
        if (trailer is null || trailer.ContentLength != _contentLength)
        {
            Damage = "its last bytes are damaged or missing";
            return;
        }
        Stated = trailer.Coverage;
        Coverage = trailer.Coverage.JournalId == 0 ? null : trailer.Coverage;
        _contentCrc = trailer.ContentCrc;
    }

    private uint ChecksumOfContent()
    {
        using DurableFile file = _folder.TryOpen(_name) ?? throw new IOException($"{_name} has disappeared");
        return Checksum(file, _contentLength);
    }

    /// <summary>Of the first bytes of a file.</summary>
    public static uint Checksum(DurableFile file, long length)
    {
        var window = new BufferedFileReader(file, length);
        uint crc = 0;
        for (long offset = 0; window.At(offset) is { IsEmpty: false } there; offset += there.Length)
        {
            crc = Crc32C.Append(crc, there);
        }
        return crc;
    }
}
