using System.Text;
using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class SnappyFramesTests
{
    private const string Corrupt = "snappy: corrupt input";
    private const string Unsupported = "snappy: unsupported input";
    private const int MaxChunkBytes = 64 * 1024;

    private static readonly byte[] Text = [.. "some_metric 1\nother_metric 2\n"u8];

    [Fact]
    public void Checksum_OfTheTestsWriter_IsTheFormats()
    {
        // CRC-32C of "123456789" is e3069283, from RFC 3720; masked by hand.
        uint rotated = (0xe3069283 >> 15) | (0xe3069283 << 17);

        Assert.Equal(rotated + 0xa282ead8, BitConverter.ToUInt32(SnappyFrame.Checksum("123456789"u8)));
    }

    [Fact]
    public void Decode_Nothing_IsNothing() => Assert.Equal("", Decoded([]));

    [Fact]
    public void Decode_IdentifierAlone_IsNothing() => Assert.Equal("", Decoded(SnappyFrame.Identifier));

    [Fact]
    public void Decode_PlainAndCompressedChunks_GivesAllOfTheirData() => Assert.Equal(
        "plain compressed aaaaaaaaaa ",
        Decoded([
            .. SnappyFrame.Identifier,
            .. SnappyFrame.PlainData("plain "u8),
            .. SnappyFrame.CompressedData("compressed "u8),
            .. SnappyFrame.CompressedRun((byte)'a', 10),
            .. SnappyFrame.PlainData(" "u8),
        ]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)] // around the eight bytes that are hashed at a time
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    [InlineData(MaxChunkBytes)]
    public void Decode_ChunkOfAnyLength_GivesItsData(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);

        Assert.Equal(data, Bytes([.. SnappyFrame.Identifier, .. SnappyFrame.PlainData(data)]));
        Assert.Equal(data, Bytes([.. SnappyFrame.Identifier, .. SnappyFrame.CompressedData(data)]));
    }

    [Fact]
    public void Decode_IdentifierAgain_IsSkipped() => Assert.Equal(
        "ab",
        Decoded([
            .. SnappyFrame.Identifier, .. SnappyFrame.PlainData("a"u8),
            .. SnappyFrame.Identifier, .. SnappyFrame.PlainData("b"u8),
        ]));

    [Theory]
    [InlineData(0x80)]
    [InlineData(0xfd)]
    [InlineData(0xfe)] // padding
    public void Decode_SkippableChunk_IsSkipped(byte type) => Assert.Equal(
        "a", Decoded([.. SnappyFrame.Identifier, .. SnappyFrame.Chunk(type, [1, 2, 3]), .. SnappyFrame.PlainData("a"u8)]));

    [Theory]
    [InlineData(0x02)]
    [InlineData(0x7f)]
    public void Decode_ReservedChunk_IsUnsupported(byte type) =>
        Assert.Equal(Unsupported, Fault([.. SnappyFrame.Identifier, .. SnappyFrame.Chunk(type, [1, 2, 3])]));

    [Theory]
    [InlineData(SnappyFrame.Plain)]
    [InlineData(SnappyFrame.Compressed)]
    [InlineData(0xfe)]
    [InlineData(0x02)]
    public void Decode_NoIdentifierFirst_IsCorrupt(byte type) =>
        Assert.Equal(Corrupt, Fault(SnappyFrame.Chunk(type, [.. SnappyFrame.Checksum(Text), .. Text])));

    [Theory]
    [InlineData("sNaPpy")]
    [InlineData("sNaPp")]
    [InlineData("sNaPpY!")]
    public void Decode_OtherIdentifier_IsCorrupt(string name) =>
        Assert.Equal(Corrupt, Fault(SnappyFrame.Chunk(0xff, Encoding.ASCII.GetBytes(name))));

    [Fact]
    public void Decode_AnyBitOfAChecksumWrong_IsCorrupt()
    {
        foreach (byte[] chunk in (byte[][])[SnappyFrame.PlainData(Text), SnappyFrame.CompressedData(Text)])
        {
            for (int bit = 0; bit < 32; bit++)
            {
                byte[] frames = [.. SnappyFrame.Identifier, .. chunk];
                frames[SnappyFrame.Identifier.Length + 4 + bit / 8] ^= (byte)(1 << (bit % 8));

                Assert.Equal(Corrupt, Fault(frames));
            }
        }
    }

    [Fact]
    public void Decode_AnyByteOfTheDataWrong_IsCorrupt()
    {
        byte[] whole = [.. SnappyFrame.Identifier, .. SnappyFrame.PlainData(Text)];
        for (int i = whole.Length - Text.Length; i < whole.Length; i++)
        {
            byte[] frames = [.. whole];
            frames[i] ^= 0x20;

            Assert.Equal(Corrupt, Fault(frames));
        }
    }

    [Fact]
    public void Decode_CutAtAnyByte_IsCorruptButBetweenChunks()
    {
        byte[] first = [.. SnappyFrame.Identifier, .. SnappyFrame.PlainData(Text)];
        byte[] whole = [.. first, .. SnappyFrame.CompressedData(Text)];
        int[] ends = [0, SnappyFrame.Identifier.Length, first.Length, whole.Length];
        for (int length = 0; length <= whole.Length; length++)
        {
            Assert.Equal(ends.Contains(length) ? null : Corrupt, Fault(whole[..length]));
        }
    }

    [Theory]
    [InlineData("FF FF FF FF 0F")] // 4 GiB - 1
    [InlineData("80 80 80 80 10")] // 4 GiB
    [InlineData("80 80 80 80 80 01")] // longer than a length may be
    [InlineData("81 80 04")] // a byte more than a chunk may hold
    [InlineData("80")] // stops half way
    [InlineData("")]
    [InlineData("05")] // five bytes, of which there are none
    [InlineData("02 00 61")] // two bytes, of which there is one
    [InlineData("01 04 61 62")] // one byte, of which there are two
    [InlineData("02 00 61 02 05 00")] // a copy from before the beginning
    [InlineData("02 00 61 02 00 00")] // a copy of itself
    [InlineData("02 F0")] // a literal whose length is missing
    public void Decode_BrokenBlock_IsCorrupt(string block)
    {
        byte[] content = Convert.FromHexString(block.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(
            Corrupt,
            Fault([.. SnappyFrame.Identifier, .. SnappyFrame.Chunk(SnappyFrame.Compressed, [0, 0, 0, 0, .. content])]));
    }

    [Fact]
    public void Decode_RandomChangesInABlock_IsCorruptOrTheSameBytes()
    {
        byte[] whole = [.. SnappyFrame.Identifier, .. SnappyFrame.CompressedRun(7, 1000)];
        int block = SnappyFrame.Identifier.Length + 2 * sizeof(uint);
        byte[] data = Bytes(whole);
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] frames = [.. whole];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                frames[random.Next(block, frames.Length)] = (byte)random.Next(256);
            }
            if (Fault(frames) is { } fault)
            {
                Assert.Equal(Corrupt, fault);
            }
            else
            {
                Assert.Equal(data, Bytes(frames));
            }
        }
    }

    [Fact]
    public void Decode_ChunkThatHoldsMoreThan64KiB_IsCorrupt()
    {
        byte[] data = new byte[MaxChunkBytes + 1];

        Assert.Equal(Corrupt, Fault([.. SnappyFrame.Identifier, .. SnappyFrame.PlainData(data)]));
        Assert.Equal(Corrupt, Fault([.. SnappyFrame.Identifier, .. SnappyFrame.CompressedRun(0, MaxChunkBytes + 1)]));
    }

    [Theory]
    [InlineData(SnappyFrame.Plain)]
    [InlineData(SnappyFrame.Compressed)]
    public void Decode_ChunkTooShortForItsChecksum_IsCorrupt(byte type) =>
        Assert.Equal(Corrupt, Fault([.. SnappyFrame.Identifier, .. SnappyFrame.Chunk(type, [1, 2, 3])]));

    private static string Decoded(byte[] frames) => Encoding.UTF8.GetString(Bytes(frames));

    private static byte[] Bytes(byte[] frames)
    {
        using var decoded = new BodyBuffer();
        Assert.Null(SnappyFrames.Decode(frames, decoded));
        return decoded.Join().ToArray();
    }

    private static string? Fault(byte[] frames)
    {
        using var decoded = new BodyBuffer();
        return SnappyFrames.Decode(frames, decoded);
    }
}
