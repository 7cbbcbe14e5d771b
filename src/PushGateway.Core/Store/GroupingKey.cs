using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store;

/// <summary>
/// The labels that identify a group: <c>job</c> and the others in the URL. Compares in the order of expositions.
/// </summary>
public sealed class GroupingKey : IEquatable<GroupingKey>, IComparable<GroupingKey>
{
    internal static readonly Utf8String Instance = new("instance");

    private static readonly Utf8String Job = new("job");

    private static readonly Label EmptyInstance = new(Instance, Utf8String.Empty);

    private readonly int _hashCode;
    private readonly UInt128[] _seriesLabelHashes;

    /// <param name="labels">Labels with distinct names, in any order. The key takes ownership of their memory.</param>
    public GroupingKey(IEnumerable<Label> labels)
    {
        // Nearly all keys have these names. One shared copy saves cache misses when all groups are searched for them.
        Labels = [.. labels.Select(label => label with { Name = SharedName(label.Name) })];
        LabelMerge.SortByName(Labels);
        AddsInstance = !Array.Exists(Labels, label => label.Name == EmptyInstance.Name);
        SeriesLabels = AddsInstance ? [.. Labels, EmptyInstance] : Labels;
        LabelMerge.SortByName(SeriesLabels);

        var hash = new HashCode();
        foreach (Label label in Labels)
        {
            hash.Add(label);
        }
        _hashCode = hash.ToHashCode();
        _seriesLabelHashes = Array.ConvertAll(SeriesLabels, label => SeriesHash.OfLabels([label]));
    }

    /// <summary>The key of labels whose names may repeat. The last label of each name wins.</summary>
    public static GroupingKey WithLast(List<Label> labels)
    {
        // Most keys have two labels, and the length of a URL limits the number.
        Label[] sorted = [.. labels];
        LabelMerge.SortByName(sorted);
        int length = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || sorted[i].Name != sorted[i + 1].Name)
            {
                sorted[length++] = sorted[i];
            }
        }
        return new GroupingKey(sorted[..length]);
    }

    /// <summary>Sorted by name.</summary>
    public Label[] Labels { get; }

    /// <summary>
    /// The labels of the group's own series (its push times), sorted by name: those of the key, and an empty
    /// <c>instance</c> if the key has none.
    /// </summary>
    public Label[] SeriesLabels { get; }

    /// <summary>Whether <see cref="SeriesLabels"/> has an empty <c>instance</c> that the key does not have.</summary>
    public bool AddsInstance { get; }

    /// <summary>Bytes of its names and values.</summary>
    public int ByteCount => Labels.Sum(label => label.Name.Length + label.Value.Length);

    public static bool operator ==(GroupingKey? left, GroupingKey? right) => Equals(left, right);

    public static bool operator !=(GroupingKey? left, GroupingKey? right) => !Equals(left, right);

    public static bool operator <(GroupingKey left, GroupingKey right) => left.CompareTo(right) < 0;

    public static bool operator >(GroupingKey left, GroupingKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(GroupingKey left, GroupingKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(GroupingKey left, GroupingKey right) => left.CompareTo(right) >= 0;

    public bool Equals(GroupingKey? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hashCode == other._hashCode && Labels.AsSpan().SequenceEqual(other.Labels));

    public override bool Equals(object? obj) => Equals(obj as GroupingKey);

    public override int GetHashCode() => _hashCode;

    /// <summary>The hash of labels that <see cref="LabelMerge"/> has merged with this key.</summary>
    internal UInt128 HashLabels(ReadOnlySpan<Label> merged)
    {
        UInt128 hash = 0;
        int next = 0;
        foreach (ref readonly Label label in merged)
        {
            // The merge copies the key's own labels, recognizable by the memory that they view.
            bool isOfKey = next < SeriesLabels.Length
                && label.Value.Memory.Equals(SeriesLabels[next].Value.Memory)
                && label.Name.Memory.Equals(SeriesLabels[next].Name.Memory);
            hash += isOfKey ? _seriesLabelHashes[next++] : SeriesHash.OfLabels([label]);
        }
        return hash;
    }

    /// <summary>
    /// By number of labels, then by values, as samples are sorted; then by names.
    /// </summary>
    public int CompareTo(GroupingKey? other)
    {
        if (other is null)
        {
            return 1;
        }
        int order = SampleOrder.Compare(SeriesLabels, other.SeriesLabels);
        for (int i = 0; order == 0 && i < SeriesLabels.Length; i++)
        {
            order = SeriesLabels[i].Name.CompareTo(other.SeriesLabels[i].Name);
        }
        return order != 0 ? order : Labels.Length.CompareTo(other.Labels.Length);
    }

    /// <summary>The key as a selector. Names that are not plain are quoted.</summary>
    public override string ToString() =>
        "{" + string.Join(",", Labels.Select(label => $"{NameText(label.Name)}={GoQuote.Quote(label.Value.Span)}")) + "}";

    /// <summary>The values of the labels by name.</summary>
    public Dictionary<string, string> ToDictionary() =>
        Labels.ToDictionary(label => label.Name.ToString(), label => label.Value.ToString());

    private static Utf8String SharedName(Utf8String name) => name == Job ? Job : name == Instance ? Instance : name;

    private static string NameText(Utf8String name) =>
        NameRules.IsLegacyLabelName(name.Span) ? name.ToString() : GoQuote.Quote(name.Span);
}
