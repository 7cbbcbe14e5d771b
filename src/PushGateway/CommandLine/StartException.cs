namespace PushGateway.CommandLine;

/// <summary>A flag's value has the right form, but the server cannot start with it.</summary>
internal sealed class StartException(string message) : Exception(message);
