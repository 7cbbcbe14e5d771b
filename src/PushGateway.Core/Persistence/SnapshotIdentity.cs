namespace PushGateway.Core.Persistence;

/// <summary>Tells one content of the persistence file from another, whoever wrote it.</summary>
internal readonly record struct Fingerprint(long Length, uint Crc)
{
    /// <summary>There is no file.</summary>
    public static readonly Fingerprint None = new(-1, 0);
}
