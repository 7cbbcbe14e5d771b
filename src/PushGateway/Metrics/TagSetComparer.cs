namespace PushGateway.Metrics;

/// <summary>Compares sets of tags. Their order does not matter, so call sites need not agree on one.</summary>
internal sealed class TagSetComparer :
    IEqualityComparer<KeyValuePair<string, object?>[]>,
    IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
{
    public static readonly TagSetComparer Instance = new();

    public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) =>
        alternate.ToArray();

    public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) =>
        x is null || y is null ? x == y : Equals(x.AsSpan(), y);

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
    {
        if (alternate.Length != other.Length)
        {
            return false;
        }

        for (int i = 0; i < other.Length; i++)
        {
            if (!IsSame(alternate[i], other[i]) && !Contains(alternate, other[i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        // A sum does not depend on the order. The names are left out: within an instrument they hardly differ.
        int hash = alternate.Length;
        foreach (KeyValuePair<string, object?> tag in alternate)
        {
            hash += tag.Value?.GetHashCode() ?? 0;
        }

        return hash;
    }

    private static bool Contains(
        ReadOnlySpan<KeyValuePair<string, object?>> tags,
        KeyValuePair<string, object?> sought)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (IsSame(tag, sought))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(KeyValuePair<string, object?> left, KeyValuePair<string, object?> right) =>
        left.Key == right.Key && Equals(left.Value, right.Value);
}
