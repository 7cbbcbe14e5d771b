using PushGateway.Core.Query;

namespace PushGateway.Access;

/// <summary>What those who have the role may do.</summary>
/// <param name="Groups">The groups that may be pushed and deleted; null for all. It limits nothing else.</param>
internal sealed record Role(string Name, Permissions Permissions, Selector? Groups);
