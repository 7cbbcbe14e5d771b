using PushGateway.Core.Model;

namespace PushGateway.Core.Persistence;

/// <summary>
/// A family whose bytes are damaged, or which the Go Pushgateway took and this one refuses: without a name, or with
/// text that is not UTF-8.
/// </summary>
/// <param name="Name">As the group lists it, which may be anything.</param>
public sealed record UnreadableFamily(Utf8String Name, PushError Error);
