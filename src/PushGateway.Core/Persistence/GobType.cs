namespace PushGateway.Core.Persistence;

/// <summary>What is known of a type's values: enough to read them, or to pass over them.</summary>
internal abstract record GobType
{
    /// <summary>A bool, an int, a uint or a float: one number. A complex is two.</summary>
    internal sealed record Numbers(int Count) : GobType;

    /// <summary>A length and bytes.</summary>
    internal sealed record Bytes(GobBytes Kind) : GobType;

    /// <summary>A slice or an array: a count and the elements.</summary>
    internal sealed record List(long Element) : GobType;

    internal sealed record Map(long Key, long Element) : GobType;

    /// <summary>The fields are found by their place; those that are zero are not sent.</summary>
    internal sealed record Struct(IReadOnlyList<GobField> Fields) : GobType;

    /// <summary>A value that brings its own type, which no persistence file has.</summary>
    internal sealed record Interface : GobType;

    public sealed override string ToString() => this switch
    {
        Bytes(GobBytes.Text) => "a string",
        Bytes(GobBytes.Binary) => "bytes",
        Bytes => "a value that encodes itself",
        List => "a list",
        Map => "a map",
        Struct => "a struct",
        Interface => "an interface",
        _ => "a number",
    };
}

/// <summary>What the bytes of a byte string are.</summary>
internal enum GobBytes
{
    Text,
    Binary,

    /// <summary>What a type's own GobEncode, MarshalBinary or MarshalText has made.</summary>
    SelfEncoded,
}

internal readonly record struct GobField(string Name, long Type);
