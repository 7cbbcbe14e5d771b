namespace PushGateway.Core.Model;

/// <summary>The limit that a rejected push exceeds.</summary>
public enum LimitKind
{
    None,

    /// <summary>Bytes of the body, compressed or not.</summary>
    BodySize,

    /// <summary>Series of the push.</summary>
    Series,

    /// <summary>Labels of a series.</summary>
    Labels,

    /// <summary>Bytes of a name.</summary>
    NameLength,

    /// <summary>Bytes of a label's value.</summary>
    ValueLength,

    /// <summary>Total stored series.</summary>
    StoredSeries,

    /// <summary>Total stored groups.</summary>
    StoredGroups,
}
