using PushGateway.Core.Store;

namespace PushGateway.Core.Query;

/// <summary>The order that people expect of names: numbers compare by value, so that host2 comes before host10.</summary>
public sealed class NaturalOrder : IComparer<Utf8String>, IComparer<GroupingKey>
{
    public static readonly NaturalOrder Comparer = new();

    private static readonly Utf8String Job = new("job");

    private NaturalOrder()
    {
    }

    public int Compare(Utf8String left, Utf8String right) => Compare(left.Span, right.Span);

    /// <summary>By job, then by number of labels and by their values, like expositions, then by names.</summary>
    public int Compare(GroupingKey? left, GroupingKey? right)
    {
        int order = Compare(JobOf(left!), JobOf(right!));
        if (order == 0)
        {
            order = CompareLabels(left!.SeriesLabels, right!.SeriesLabels);
        }
        return order != 0 ? order : left!.CompareTo(right);
    }

    /// <summary>The value of the key's label <c>job</c>; empty if it has none.</summary>
    public static Utf8String JobOf(GroupingKey key)
    {
        foreach (ref readonly Label label in key.Labels.AsSpan())
        {
            if (label.Name == Job)
            {
                return label.Value;
            }
        }
        return Utf8String.Empty;
    }

    /// <summary>Compares bytes, and runs of digits by value. Leading zeros matter only if everything else is equal.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int zeros = 0;
        while (true)
        {
            int same = left.CommonPrefixLength(right);
            if (same == left.Length && same == right.Length)
            {
                return zeros;
            }
            int start = StartOfDigits(left, same);
            int leftDigits = CountDigits(left[start..]);
            int rightDigits = CountDigits(right[start..]);
            if (leftDigits == 0 || rightDigits == 0)
            {
                return left[same..].SequenceCompareTo(right[same..]);
            }
            int order = CompareNumbers(left.Slice(start, leftDigits), right.Slice(start, rightDigits));
            if (order != 0)
            {
                return order;
            }
            zeros = zeros != 0 ? zeros : leftDigits.CompareTo(rightDigits);
            left = left[(start + leftDigits)..];
            right = right[(start + rightDigits)..];
        }
    }

    private static int CompareLabels(ReadOnlySpan<Label> left, ReadOnlySpan<Label> right)
    {
        int order = left.Length.CompareTo(right.Length);
        for (int i = 0; order == 0 && i < left.Length; i++)
        {
            order = Compare(left[i].Value.Span, right[i].Value.Span);
        }
        return order;
    }

    /// <summary>The start of the digits before a place; the place itself if there are none.</summary>
    private static int StartOfDigits(ReadOnlySpan<byte> text, int end) =>
        text[..end].LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;

    private static int CountDigits(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and int count ? count : text.Length;

    private static int CompareNumbers(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        left = left.TrimStart((byte)'0');
        right = right.TrimStart((byte)'0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }
}
