using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Snapshot;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>The persistence file found at startup, without its content.</summary>
internal sealed class SnapshotInfo
{
    private readonly DurableFolder _folder;
    private readonly string _name;
    private long _contentLength;

    /// <summary>The expected checksum of the content; null without a trailer, or after the check.</summary>
    private uint? _contentCrc;

    private SnapshotInput? _input;

    private SnapshotInfo(DurableFolder folder, string name)
    {
        _folder = folder;
        _name = name;
    }

    public bool Exists { get; private set; }

    /// <summary>The covered segments; null for a snapshot without a trailer or without a journal.</summary>
    public CheckpointId? Coverage => TrailerId is { JournalId: not 0 } ? TrailerId : null;

    /// <summary>
    /// The identifier in the trailer; null for a file that the Go Pushgateway wrote or that lacks its end.
    /// </summary>
    public CheckpointId? TrailerId { get; private set; }

    /// <summary>A description of the damage; null if none is known.</summary>
    public string? Damage { get; set; }

    /// <summary>Reads only the trailer.</summary>
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

    /// <summary>Whether <see cref="CheckContent"/> found the checksum of the content right.</summary>
    public bool IsContentIntact { get; private set; }

    /// <summary>
    /// Verifies the checksum of the content, if there is one, and sets <see cref="Damage"/>. Reads the content unless
    /// <see cref="Open"/>'s stream was read to its end.
    /// </summary>
    public void CheckContent()
    {
        if (_contentCrc is not { } expected)
        {
            return;
        }
        IsContentIntact = (_input?.Checksum ?? ChecksumOfContent()) == expected;
        if (!IsContentIntact)
        {
            Damage ??= "wrong checksum";
        }
        _contentCrc = null;
    }

    /// <summary>The fingerprint that the header of a journal based on this file has.</summary>
    public Fingerprint ComputeFingerprint()
    {
        using DurableFile? file = _folder.TryOpen(_name);
        return file is null ? Fingerprint.None : new Fingerprint(file.Length, Checksum(file, file.Length));
    }

    private void Inspect(DurableFile file)
    {
        long length = file.Length;
        var reader = new BufferedFileReader(file, length);
        _contentLength = SnapshotTrailer.Find(reader) ?? length;
        if (_contentLength == length)
        {
            return;
        }
        Span<byte> bytes = stackalloc byte[(int)Math.Min(length - _contentLength, SnapshotTrailer.Bytes)];
        reader.TryCopy(_contentLength, bytes);
        var trailer = SnapshotTrailer.Decode(bytes);
        if (trailer is null || trailer.ContentLength != _contentLength)
        {
            Damage = "damaged or incomplete trailer";
            return;
        }
        TrailerId = trailer.Coverage;
        _contentCrc = trailer.ContentCrc;
        long rest = length - _contentLength - SnapshotTrailer.Bytes;
        Damage = rest > 0 ? $"{rest} bytes follow its end" : null;
    }

    private uint ChecksumOfContent()
    {
        using DurableFile file = _folder.Open(_name);
        return Checksum(file, _contentLength);
    }

    /// <summary>The CRC-32C of the first bytes of a file.</summary>
    public static uint Checksum(DurableFile file, long length)
    {
        var reader = new BufferedFileReader(file, length);
        var crc = new Crc32(Crc32ParameterSet.Crc32C);
        for (long offset = 0; reader.ReadAt(offset) is { IsEmpty: false } chunk; offset += chunk.Length)
        {
            crc.Append(chunk);
        }
        return crc.GetCurrentHashAsUInt32();
    }
}
