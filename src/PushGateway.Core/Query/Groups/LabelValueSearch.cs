using System.Buffers;
using System.Text;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Groups;

/// <summary>Finds a word in the label values of series, ignoring case. Not thread-safe.</summary>
/// <remarks>
/// Usually no line contains the word, which a search through all bytes shows: 100 MB of lines take a few hundredths of a second.
/// Only if the word occurs does it check whether the word is part of a value.
/// </remarks>
internal sealed class LabelValueSearch(string word)
{
    /// <summary>Lines are searched in blocks of about this size, so that a large family is not copied at once.</summary>
    private const int BlockBytes = 1 << 16;

    private readonly SearchValues<string> _word = SearchValues.Create([word], StringComparison.OrdinalIgnoreCase);

    /// <summary>The word as lines contain it, with escapes.</summary>
    private readonly SearchValues<string> _escaped = SearchValues.Create(
        [Encoding.UTF8.GetString(SampleLineReader.Escape(Encoding.UTF8.GetBytes(word)))], StringComparison.OrdinalIgnoreCase);

    private readonly CharBuffer _block = new();
    private readonly CharBuffer _value = new();

    public bool OccursIn(in StoredFamily family)
    {
        ReadOnlySpan<byte> lines = family.Lines;
        ReadOnlySpan<byte> hidden = HiddenLabelOf(family.Header.Type);
        while (!lines.IsEmpty)
        {
            ReadOnlySpan<byte> block = lines[..LengthOfBlock(lines)];
            if (_block.Decode(block).ContainsAny(_escaped) && IsInValue(block, hidden))
            {
                return true;
            }
            lines = lines[block.Length..];
        }
        return false;
    }

    /// <summary>The label that lines have and metrics do not.</summary>
    private static ReadOnlySpan<byte> HiddenLabelOf(MetricType type) => type switch
    {
        MetricType.Summary => "quantile"u8,
        MetricType.Histogram or MetricType.GaugeHistogram => "le"u8,
        _ => default,
    };

    /// <summary>Searches complete lines.</summary>
    private static int LengthOfBlock(ReadOnlySpan<byte> lines)
    {
        if (lines.Length <= BlockBytes)
        {
            return lines.Length;
        }
        int end = lines[BlockBytes..].IndexOf((byte)'\n');
        return end < 0 ? lines.Length : BlockBytes + end + 1;
    }

    private bool IsInValue(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> hidden)
    {
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range];
            if (_block.Decode(line).ContainsAny(_escaped) && IsInValueOf(line, hidden))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A value is quoted text after an equals sign. Quoted names are not values.</summary>
    private bool IsInValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> hidden)
    {
        while (line.IndexOf((byte)'"') is >= 0 and int quote)
        {
            ReadOnlySpan<byte> before = line[..quote];
            ReadOnlySpan<byte> quoted = line[(quote + 1)..];
            int end = SampleLineReader.EndOfQuoted(quoted);
            if (IsName(before, hidden) && IsIn(quoted[..end]))
            {
                return true;
            }
            line = quoted[(end + 1)..];
        }
        return false;
    }

    /// <summary>Whether a text ends with the name of a visible label and an equals sign.</summary>
    private static bool IsName(ReadOnlySpan<byte> text, ReadOnlySpan<byte> hidden)
    {
        if (!text.EndsWith("="u8))
        {
            return false;
        }
        text = text[(text.LastIndexOfAny((byte)'{', (byte)',') + 1)..^1];
        return hidden.IsEmpty || !text.SequenceEqual(hidden);
    }

    private bool IsIn(ReadOnlySpan<byte> escaped) => _value
        .Decode(escaped.Contains((byte)'\\') ? SampleLineReader.Unescape(escaped) : escaped).ContainsAny(_word);
}
