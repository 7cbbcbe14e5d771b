namespace PushGateway.Core.Store;

/// <summary>The families that all groups have under one name.</summary>
/// <param name="Header">That of the first group, whose type and help are shown for all.</param>
public sealed record FamilyAcrossGroups(FamilyHeader Header)
{
    /// <summary>In the order of the groups.</summary>
    public FamilyParts Parts { get; } = new();
}
