namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>A pushed family. Each family has one format, so that its types never conflict.</summary>
internal sealed record Family(string Name, int Series, bool IsProtobuf)
{
    /// <summary>The last one is larger than a page, and than one read of a socket.</summary>
    public static IReadOnlyList<Family> All { get; } =
    [
        new("text_one", 1, IsProtobuf: false),
        new("text_some", 30, IsProtobuf: false),
        new("proto_one", 1, IsProtobuf: true),
        new("proto_some", 30, IsProtobuf: true),
        new("text_many", 1500, IsProtobuf: false),
    ];
}
