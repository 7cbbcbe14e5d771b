using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Files that are cut off or damaged, at every place.</summary>
public class GobSnapshotDamageTests
{
    /// <summary>Up to where the file of Go 1.11.2 defines types.</summary>
    private const int DefinitionBytes = 0x5B8;

    /// <summary>The number of the type of all groups in that file.</summary>
    private const long GoGroups = 70;

    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    [InlineData("ours")]
    public void Read_FileCutOffAnywhere_GivesTheGroupsBeforeAndSaysSo(string version)
    {
        byte[] file = FileOf(version);
        List<string> whole = [.. Snapshots.Read(file).Select(Snapshots.Describe)];

        for (int length = 0; length < file.Length; length++)
        {
            (List<PersistedGroup> groups, GobFormatException? error) = Snapshots.ReadPrefix(file[..length]);

            Assert.NotNull(error);
            Assert.EndsWith("expected, but the file ends", error.Message, StringComparison.Ordinal);
            Assert.Equal(length, error.Offset);
            Assert.Equal(whole.Take(groups.Count), groups.Select(Snapshots.Describe));
        }
    }

    /// <summary>That nothing else is thrown is in <see cref="Snapshots.ReadPrefix"/>.</summary>
    [Theory]
    [InlineData(Fixture.Go15, 0x01)]
    [InlineData(Fixture.Go15, 0x80)]
    [InlineData(Fixture.Go15, 0xFF)]
    [InlineData(Fixture.Go111, 0x01)]
    [InlineData(Fixture.Go111, 0x80)]
    [InlineData(Fixture.Go111, 0xFF)]
    [InlineData("ours", 0x01)]
    [InlineData("ours", 0x80)]
    [InlineData("ours", 0xFF)]
    public void Read_FileWithAnyByteChanged_GivesGroupsOrSaysWhere(string version, byte change)
    {
        byte[] file = FileOf(version);
        int refused = 0;

        for (int offset = 0; offset < file.Length; offset++)
        {
            file[offset] ^= change;
            (_, GobFormatException? error) = Snapshots.ReadPrefix(file);
            refused += error is null ? 0 : 1;
            Assert.InRange(error?.Offset ?? 0, 0, file.Length);
            file[offset] ^= change;
        }

        Assert.InRange(refused, 100, file.Length - 100);
    }

    [Fact]
    public void Read_RandomBytes_GivesGroupsOrSaysWhere()
    {
        var random = new Random(20261121);
        byte[] definitions = Fixture.File(Fixture.Go111)[..DefinitionBytes];
        byte[] file = [.. definitions, .. new byte[300]];
        long deepest = 0;
        int groupCount = 0;

        for (int round = 0; round < 20_000; round++)
        {
            Span<byte> rest = file.AsSpan(DefinitionBytes);
            random.NextBytes(rest);
            // Small numbers lead further into the format than others.
            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] = random.Next(4) == 0 ? rest[i] : (byte)(rest[i] % 8);
            }
            byte[] start = [0xFE, 0x01, 0x29, .. GobBuilder.Signed(GoGroups), 0];
            start.CopyTo(rest);

            (List<PersistedGroup> groups, GobFormatException? error) = Snapshots.ReadPrefix(file);

            deepest = Math.Max(deepest, error?.Offset ?? file.Length);
            groupCount += groups.Count;
        }

        Assert.InRange(deepest, DefinitionBytes + 100, file.Length);
        Assert.InRange(groupCount, 100, int.MaxValue);
    }

    [Fact]
    public void Read_StreamThatFails_ThrowsWhatTheStreamThrows() =>
        Assert.Throws<IOException>(() => GobSnapshotReader.Read(new FailingStream()).ToList());

    private static byte[] FileOf(string version) => version == "ours"
        ? Snapshots.Write(Snapshots.Read(Fixture.File(Fixture.Go111)).Select(group => group with
        {
            Extra = new Dictionary<string, string> { ["ttl"] = "1h" },
        }))
        : Fixture.File(version);

    private sealed class FailingStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("Input/output error");

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("Input/output error");
    }
}
