using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>Writes one gzip member (RFC 1952) of separately compressed chunks and short texts.</summary>
internal sealed class GzipWriter(IBufferWriter<byte> output)
{
    /// <summary>A shorter text is stored, since compressing it costs more than it saves.</summary>
    private const int MinCompressedBytes = 256;

    /// <summary>A stored block (RFC 1951) that is not the last one: its type and, twice, its length.</summary>
    private const int StoredHeaderBytes = 5;

    private uint _crc;
    private uint _length;

    /// <summary>The header: deflate, no flags, no time, the fastest level, unknown system.</summary>
    public void WriteHeader() => output.Write<byte>([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 0xFF]);

    public void Write(DeflatedPiece piece)
    {
        output.Write(piece.Bytes);
        Add(piece.Crc, piece.TextLength);
    }

    public void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.Length >= MinCompressedBytes)
        {
            using var builder = new DeflatedPiece.Builder();
            builder.Append(text);
            Write(builder.Finish());
        }
        else if (text.Length > 0)
        {
            Span<byte> header = stackalloc byte[StoredHeaderBytes];
            header[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)text.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~text.Length);
            output.Write(header);
            output.Write(text);
            Add(Crc32.HashToUInt32(text), text.Length);
        }
    }

    /// <summary>The last block, which is empty, and the checksum of the whole text.</summary>
    public void WriteEnd()
    {
        Span<byte> end = stackalloc byte[2 + (2 * sizeof(uint))];
        end[0] = 3;
        end[1] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(end[2..], _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end[6..], _length);
        output.Write(end);
    }

    private void Add(uint crc, long length)
    {
        _crc = Crc32Sequence.Append(_crc, crc, length);
        _length += (uint)length;
    }
}
