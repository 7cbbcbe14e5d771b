using System.IO.Compression;
using System.IO.Hashing;

namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>
/// A compressed text for any place in a DEFLATE stream: complete blocks that end at a byte boundary and refer to nothing before
/// them.
/// </summary>
/// <param name="Bytes">The blocks, of which none is the last of a stream.</param>
/// <param name="TextLength">In bytes.</param>
/// <param name="Crc">The CRC-32 of the text.</param>
internal sealed record DeflatedPiece(byte[] Bytes, long TextLength, uint Crc)
{
    /// <summary>Compresses one text. Used once.</summary>
    public sealed class Builder : IDisposable
    {
        private const int BufferBytes = 32 * 1024;

        private readonly MemoryStream _output = new();
        private readonly DeflateStream _deflate;
        private readonly Crc32 _crc = new();

        /// <summary>Buffers short parts, since each write to the stream calls the compressor.</summary>
        private readonly byte[] _buffer = new byte[BufferBytes];
        private int _buffered;

        public Builder() => _deflate = new DeflateStream(_output, CompressionLevel.Fastest);

        public long TextLength { get; private set; }

        public void Append(ReadOnlySpan<byte> text)
        {
            TextLength += text.Length;
            while (text.Length > 0)
            {
                if (_buffered == BufferBytes)
                {
                    Compress();
                }
                int count = Math.Min(text.Length, BufferBytes - _buffered);
                text[..count].CopyTo(_buffer.AsSpan(_buffered));
                _buffered += count;
                text = text[count..];
            }
        }

        public DeflatedPiece Finish()
        {
            Compress();

            // Ends the block at a byte boundary with an empty stored block. Disposing writes the last block of a stream, which is dropped.
            _deflate.Flush();
            return new DeflatedPiece(_output.ToArray(), TextLength, _crc.GetCurrentHashAsUInt32());
        }

        public void Dispose() => _deflate.Dispose();

        private void Compress()
        {
            ReadOnlySpan<byte> text = _buffer.AsSpan(0, _buffered);
            _crc.Append(text);
            _deflate.Write(text);
            _buffered = 0;
        }
    }
}
