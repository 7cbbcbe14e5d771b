using System.CommandLine;

namespace PushGateway.CommandLine;

/// <summary>One use of a flag. The value of a boolean flag is <c>true</c> or <c>false</c>.</summary>
internal readonly record struct FlagOccurrence(Option Flag, string Value);
