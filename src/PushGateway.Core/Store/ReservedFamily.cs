using PushGateway.Core.Model;

namespace PushGateway.Core.Store;

/// <summary>
/// A metric family of the gateway's own: its name is taken, so a push must agree with its type, whether or not the
/// gateway has exposed it yet.
/// </summary>
/// <remarks>
/// What becomes of a push with another help: if <paramref name="CorrectsHelp"/>, it is stored with
/// <paramref name="Help"/>; if not, it is refused as inconsistent. Upstream: the first for the families that the Go
/// Pushgateway exposes from its start, the second for those that it exposes from their first use.
/// </remarks>
public sealed record ReservedFamily(Utf8String Name, MetricType Type, Utf8String Help, bool CorrectsHelp);
