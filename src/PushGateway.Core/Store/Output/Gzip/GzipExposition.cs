using System.Buffers;
using System.IO.Pipelines;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>
/// Writes a text scrape in gzip, and compresses only what has changed. The lines of a family are compressed in chunks of some
/// groups each. A chunk is reused until one of its groups changes.
/// </summary>
/// <remarks>
/// CPU time for 10,000 groups of 20 series: 7 ms if none changed, 28 ms if one in a hundred changed, 36 ms if all changed.
/// Compressing everything as one stream takes 26 to 33 ms.
/// </remarks>
internal sealed class GzipExposition(
    IEnumerable<ExposedFamily> families, NameEscaping escaping, NativeHistogramStyle nativeHistograms, DeflateCache cache)
{
    /// <summary>The text of a chunk. Longer chunks compress a little better, but change more often.</summary>
    private const int ChunkBytes = 32 * 1024;

    /// <summary>The text of a chunk that ends where a cached one begins, so that a change does not shift all later chunks.</summary>
    private const int MaxChunkBytes = ChunkBytes + (ChunkBytes / 2);

    /// <summary>Families and chunks with less text are not cached, or are compressed with the following ones.</summary>
    private const int MinChunkBytes = 8 * 1024;

    /// <summary>The chunks of this scrape.</summary>
    private readonly Dictionary<Utf8String, DeflatedChunk[]> _chunks = [];
    private int _compressed;

    public async ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation)
    {
        var gzip = new GzipWriter(output);
        gzip.WriteHeader();
        using var pending = new PooledBuffer();
        foreach (ExposedFamily family in families)
        {
            if (family is { Stored: { } parts, Own: null })
            {
                FamilyHeader header = parts.Header;
                TextExposition.WriteHeader(NameEscaper.Escape(header.Name, escaping), header.Type, header.Help, pending);
                var conversion = new TextConversion(header.Type, escaping, nativeHistograms);
                if (IsLarge(parts))
                {
                    WritePending(pending, gzip);
                    await WriteChunksAsync(parts, conversion, gzip, output, cancellation);
                    continue;
                }
                WriteText(parts, conversion, pending);
            }
            else
            {
                TextExposition.Write(NameEscaper.Escape(family.Merge(), escaping), pending);
            }
            if (pending.WrittenCount >= ChunkBytes)
            {
                WritePending(pending, gzip);
                await SnapshotExposition.FlushIfNeededAsync(output, cancellation);
            }
        }
        WritePending(pending, gzip);
        gzip.WriteEnd();
        cache.Replace(_chunks, _compressed);
        await output.FlushAsync(cancellation);
    }

    private static void WritePending(PooledBuffer pending, GzipWriter gzip)
    {
        gzip.WriteText(pending.WrittenSpan);
        pending.Truncate(0);
    }

    private static bool IsLarge(FamilyView parts)
    {
        long bytes = 0;
        for (int i = 0; i < parts.Count && bytes < MinChunkBytes; i++)
        {
            bytes += parts[i].LinesLength;
        }
        return bytes >= MinChunkBytes;
    }

    private static void WriteText(FamilyView parts, TextConversion conversion, PooledBuffer pending)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            ref readonly StoredFamily part = ref parts[i];
            if (conversion.Applies(part.HasNamesToEscape, parts, i))
            {
                conversion.Write(parts, i, pending);
            }
            else
            {
                pending.Write(part.Lines);
            }
        }
    }

    private async ValueTask WriteChunksAsync(
        FamilyView parts, TextConversion conversion, GzipWriter gzip, PipeWriter output, CancellationToken cancellation)
    {
        Utf8String name = parts.Header.Name;
        Dictionary<long, DeflatedChunk> known = cache.Find(name);
        var written = new List<DeflatedChunk>();
        for (int start = 0, count; start < parts.Count; start += count)
        {
            if (known.TryGetValue(parts[start].Stamp, out DeflatedChunk? chunk) && chunk.IsAt(parts, start))
            {
                written.Add(chunk);
            }
            else
            {
                (chunk, bool isReusable) = Compress(parts, start, conversion, known);
                if (isReusable)
                {
                    written.Add(chunk);
                }
            }
            gzip.Write(chunk.Piece);
            count = chunk.Stamps.Length;
            await SnapshotExposition.FlushIfNeededAsync(output, cancellation);
        }
        _chunks[name] = [.. written];
    }

    /// <summary>Compresses parts until there is enough text, or a cached chunk may follow.</summary>
    /// <returns>Not reusable if a part is converted, since the next scraper may need another conversion.</returns>
    private (DeflatedChunk Chunk, bool IsReusable) Compress(
        FamilyView parts, int start, TextConversion conversion, Dictionary<long, DeflatedChunk> known)
    {
        int maxBytes = known.Count == 0 ? ChunkBytes : MaxChunkBytes;
        bool isReusable = true;
        var stamps = new List<long>();
        using var text = new DeflatedPiece.Builder();
        for (int i = start; i < parts.Count; i++)
        {
            ref readonly StoredFamily part = ref parts[i];
            if (text.TextLength >= maxBytes || (text.TextLength >= MinChunkBytes && known.ContainsKey(part.Stamp)))
            {
                break;
            }
            stamps.Add(part.Stamp);
            if (conversion.Applies(part.HasNamesToEscape, parts, i))
            {
                using var converted = new PooledBuffer();
                conversion.Write(parts, i, converted);
                text.Append(converted.WrittenSpan);
                isReusable = false;
            }
            else
            {
                text.Append(part.Lines);
            }
        }
        _compressed++;
        return (new DeflatedChunk([.. stamps], text.Finish()), isReusable);
    }
}
