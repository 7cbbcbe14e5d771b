namespace PushGateway.Core.Model;

/// <summary>Which limit a push was refused for.</summary>
public enum LimitKind
{
    None,

    /// <summary>Bytes of the body, as it was sent or decoded.</summary>
    BodySize,

    /// <summary>Series of the push.</summary>
    Series,

    /// <summary>Labels of a series.</summary>
    Labels,

    /// <summary>Bytes of a name.</summary>
    NameLength,

    /// <summary>Bytes of a label's value.</summary>
    ValueLength,

    /// <summary>Series that would be stored.</summary>
    StoredSeries,

    /// <summary>Groups that would be stored.</summary>
    StoredGroups,
}
