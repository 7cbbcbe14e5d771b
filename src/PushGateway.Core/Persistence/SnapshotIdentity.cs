namespace PushGateway.Core.Persistence;

/// <summary>Tells one content of the persistence file from another, whoever wrote it.</summary>
internal readonly record struct SnapshotIdentity(long Length, uint Crc)
{
    /// <summary>There is no file.</summary>
    public static readonly SnapshotIdentity None = new(-1, 0);
}
