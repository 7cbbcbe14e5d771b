using System.Buffers;
using System.Numerics;
using PushGateway.Core.Query.Selectors;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query.Groups;

/// <summary>
/// Finds groups by words. Each word must occur in a name or value of the grouping key, in the name of a family, or in a label
/// value of a series. Ignores case. Not thread-safe.
/// </summary>
internal sealed class SearchWords
{
    private readonly SearchValues<string>[] _words;
    private readonly LabelValueSearch[] _values;
    private readonly ulong _all;
    private readonly CharBuffer _buffer = new();

    /// <summary>The words that occur in the name, by header.</summary>
    private readonly Dictionary<FamilyHeader, ulong> _inNames = new(ReferenceEqualityComparer.Instance);

    /// <param name="words">At most <see cref="GroupSelection.MaxWords"/>.</param>
    public SearchWords(IReadOnlyList<string> words)
    {
        _words = [.. words.Select(word => SearchValues.Create([word], StringComparison.OrdinalIgnoreCase))];
        _values = [.. words.Select(word => new LabelValueSearch(word))];
        _all = words.Count == 0 ? 0 : ulong.MaxValue >> (64 - words.Count);
    }

    public bool OccurIn(MetricGroup group)
    {
        ulong missing = _all;
        foreach (ref readonly Label label in group.Key.Labels.AsSpan())
        {
            missing &= ~WordsIn(label.Name, missing);
            missing &= ~WordsIn(label.Value, missing);
        }
        ReadOnlySpan<StoredFamily> families = group.Families;
        for (int i = 0; i < families.Length && missing != 0; i++)
        {
            // All groups have push times, so a word in their names would find all groups.
            missing &= PushTimestamps.IsPushTime(families[i].Name) ? ulong.MaxValue : ~WordsIn(families[i].Header);
        }
        return AreInValues(missing, families);
    }

    private bool AreInValues(ulong words, ReadOnlySpan<StoredFamily> families)
    {
        for (; words != 0; words &= words - 1)
        {
            if (!IsInValue(_values[BitOperations.TrailingZeroCount(words)], families))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsInValue(LabelValueSearch value, ReadOnlySpan<StoredFamily> families)
    {
        foreach (ref readonly StoredFamily family in families)
        {
            // Push times have only the labels of the key.
            if (!PushTimestamps.IsPushTime(family.Name) && value.OccursIn(family))
            {
                return true;
            }
        }
        return false;
    }

    private ulong WordsIn(FamilyHeader header)
    {
        if (!_inNames.TryGetValue(header, out ulong words))
        {
            words = WordsIn(header.Name, _all);
            _inNames.Add(header, words);
        }
        return words;
    }

    /// <param name="wanted">The words to look for.</param>
    private ulong WordsIn(Utf8String text, ulong wanted)
    {
        if (wanted == 0)
        {
            return 0;
        }
        ulong found = 0;
        ReadOnlySpan<char> chars = _buffer.Decode(text.Span);
        for (ulong left = wanted; left != 0; left &= left - 1)
        {
            int word = BitOperations.TrailingZeroCount(left);
            found |= chars.ContainsAny(_words[word]) ? 1UL << word : 0;
        }
        return found;
    }
}
