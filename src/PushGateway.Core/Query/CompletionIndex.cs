using System.Text;
using PushGateway.Core.Store;

namespace PushGateway.Core.Query;

/// <summary>A completion of a name or value.</summary>
/// <param name="Groups">The number of groups that have it.</param>
public readonly record struct Completion(Utf8String Text, int Groups);

/// <summary>
/// The names and values of grouping labels, and the names of metric families, with the number of groups that have them.
/// Counted in one pass over a snapshot, and valid for all snapshots of the same groups and families. Immutable.
/// </summary>
public sealed class CompletionIndex
{
    /// <summary>The maximum values of each label, and the maximum metric names. Others are not completed.</summary>
    public const int MaxTexts = 50_000;

    /// <summary>The maximum number of labels.</summary>
    public const int MaxLabels = 1_000;

    private const int GroupsBetweenChecks = 256;

    /// <summary>References only the families, since a snapshot would hold the samples of old pushes in memory.</summary>
    private readonly FamilySet _families;
    private readonly Dictionary<Utf8String, Completion[]> _values;

    private CompletionIndex(FamilySet families, Counts labels, Dictionary<Utf8String, Counts> values, Counts metrics)
    {
        _families = families;
        Labels = labels.Sorted();
        _values = values.ToDictionary(label => label.Key, label => label.Value.Sorted());
        Metrics = metrics.Sorted();
    }

    /// <summary>Label names of grouping keys, the most frequent first.</summary>
    public IReadOnlyList<Completion> Labels { get; }

    /// <summary>Names of pushed metric families, the most frequent first. Excludes the push times, which all groups have.</summary>
    public IReadOnlyList<Completion> Metrics { get; }

    public static CompletionIndex Of(StoreSnapshot snapshot, CancellationToken cancellation)
    {
        var labels = new Counts(MaxLabels);
        var metrics = new Counts(MaxTexts);
        var values = new Dictionary<Utf8String, Counts>();
        int visited = 0;
        foreach (MetricGroup group in snapshot.Groups)
        {
            if (visited++ % GroupsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            foreach (ref readonly Label label in group.Key.Labels.AsSpan())
            {
                if (labels.Add(label.Name))
                {
                    ValuesOf(values, label.Name).Add(label.Value);
                }
            }
            foreach (ref readonly StoredFamily family in group.Families)
            {
                if (family.MetricCount > 0 && !PushTimestamps.IsPushTime(family.Name))
                {
                    metrics.Add(family.Name);
                }
            }
        }
        return new CompletionIndex(snapshot.FamilySet, labels, values, metrics);
    }

    /// <summary>Whether the index is valid for a snapshot, so that it need not be counted again.</summary>
    public bool IsOf(StoreSnapshot snapshot) => _families == snapshot.FamilySet;

    /// <summary>Values of a label of grouping keys, the most frequent first.</summary>
    public IReadOnlyList<Completion> ValuesOf(string label) => _values.GetValueOrDefault(new Utf8String(label)) ?? [];

    /// <summary>The first completions that begin with a text, ignoring the case of ASCII letters.</summary>
    public static IEnumerable<Completion> Find(IReadOnlyList<Completion> completions, string prefix, int limit)
    {
        byte[] sought = Encoding.UTF8.GetBytes(prefix);
        return completions.Where(completion => StartsWith(completion.Text.Span, sought)).Take(limit);
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
    {
        if (text.Length < prefix.Length)
        {
            return false;
        }
        ReadOnlySpan<byte> start = text[..prefix.Length];
        return start.SequenceEqual(prefix) || Ascii.EqualsIgnoreCase(start, prefix);
    }

    private static Counts ValuesOf(Dictionary<Utf8String, Counts> values, Utf8String label)
    {
        if (!values.TryGetValue(label, out Counts? counts))
        {
            values.Add(label, counts = new Counts(MaxTexts));
        }
        return counts;
    }

    private sealed class Counts(int max)
    {
        private readonly Dictionary<Utf8String, int> _groups = [];

        /// <summary>False if the text is new and the maximum is reached.</summary>
        public bool Add(Utf8String text)
        {
            if (!_groups.TryGetValue(text, out int groups) && _groups.Count == max)
            {
                return false;
            }
            _groups[text] = groups + 1;
            return true;
        }

        public Completion[] Sorted() =>
        [
            .. _groups.Select(count => new Completion(count.Key, count.Value))
                .OrderByDescending(completion => completion.Groups).ThenBy(completion => completion.Text, NaturalOrder.Comparer),
        ];
    }
}
