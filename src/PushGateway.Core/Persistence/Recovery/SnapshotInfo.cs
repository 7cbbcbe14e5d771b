using System.IO.Hashing;
using PushGateway.Core.Persistence.Disk;
using PushGateway.Core.Persistence.Snapshot;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>The persistence file found at startup, without its content.</summary>
internal sealed class SnapshotInfo
{
    private readonly DurableFolder _folder;
    private readonly string _name;
    private long _contentLength;

    /// <summary>The expected checksum of the content; null without a trailer, or after the check.</summary>
    private uint? _contentCrc;

    /// <summary>The checksums of groups; null without any, or after the check.</summary>
    private GroupChecksums? _checksums;

    /// <summary>The blocks of groups to restore; null for the whole content.</summary>
    private List<(long Start, GroupBlock Block)>? _intact;

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

    /// <summary>The idempotency keys; empty without any, or if they are damaged.</summary>
    public IReadOnlyList<RememberedKey> Keys { get; private set; } = [];

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

    /// <summary>
    /// The content, without our own part. For a damaged file with checksums, only the intact groups. Null if there is no file.
    /// </summary>
    public Stream? Open()
    {
        if (_intact is not null)
        {
            return new SalvagedInput(_folder.Open(_name), _intact);
        }
        return _input = _folder.TryOpen(_name) is { } file ? new SnapshotInput(file, _contentLength) : null;
    }

    /// <summary>Whether <see cref="CheckContent"/> verified the checksum of the content.</summary>
    public bool IsContentIntact { get; private set; }

    /// <summary>
    /// Verifies the checksum of the content, if there is one, and sets <see cref="Damage"/>. Reads the content unless
    /// <see cref="Open"/>'s stream was read to its end.
    /// </summary>
    public void CheckContent()
    {
        if (_contentCrc is { } expected)
        {
            IsContentIntact = (_input?.Checksum ?? ChecksumOfContent()) == expected;
            if (!IsContentIntact)
            {
                Damage ??= "wrong checksum";
            }
            _contentCrc = null;
        }
        if (Damage is not null && !IsContentIntact && _checksums is { } checksums)
        {
            _checksums = null;
            Salvage(checksums);
        }
    }

    /// <summary>The fingerprint for the header of a journal based on this file.</summary>
    public Fingerprint ComputeFingerprint()
    {
        using DurableFile? file = _folder.TryOpen(_name);
        return file is null ? Fingerprint.None : new Fingerprint(file.Length, Checksum(file, file.Length));
    }

    private void Inspect(DurableFile file)
    {
        var layout = SnapshotLayout.Read(new BufferedFileReader(file, file.Length));
        _contentLength = layout.ContentLength;
        _checksums = layout.Checksums;
        Keys = layout.Keys;
        Damage = layout.Damage;
        TrailerId = layout.Trailer?.Coverage;
        _contentCrc = layout.Trailer?.ContentCrc;
    }

    /// <summary>Finds the intact groups of a damaged file by their checksums.</summary>
    private void Salvage(GroupChecksums checksums)
    {
        using DurableFile file = _folder.Open(_name);
        _intact = checksums.FindIntact(file);
        long groups = checksums.Blocks.Sum(block => (long)block.Groups);
        long left = groups - _intact.Sum(block => (long)block.Block.Groups);
        Damage = $"{Damage}; {left} of its {groups} groups are damaged and omitted";
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
