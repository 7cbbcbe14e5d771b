namespace PushGateway.Core.Persistence;

/// <summary>The journal cannot be written. The message names the cause, for clients and operators.</summary>
public sealed class JournalFailedException(string message, Exception? cause) : Exception(message, cause);
