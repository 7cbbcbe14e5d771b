using PushGateway.Core.Model;

namespace PushGateway.Core.Persistence;

/// <summary>A family as the persistence file has it.</summary>
/// <param name="Family">With its metrics in the order of the push.</param>
/// <param name="PushedAt">Nanoseconds since 1970.</param>
public readonly record struct PersistedFamily(MetricFamily Family, long PushedAt);
