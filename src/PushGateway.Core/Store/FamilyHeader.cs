using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>What the families of one name have in common where they agree: shared by all groups that hold them.</summary>
/// <param name="Help">Null where no help was given.</param>
public sealed record FamilyHeader(Utf8String Name, MetricType Type, Utf8String? Help)
{
    /// <summary>The same header in memory of its own.</summary>
    public FamilyHeader Copy() => new(Name.Copy(), Type, Help?.Copy());
}
