namespace PushGateway.Fuzz;

/// <summary>The kinds of failures.</summary>
internal enum FuzzFault
{
    /// <summary>An exception was thrown.</summary>
    Exception,

    /// <summary>Two results that must be equal differ.</summary>
    Oracle,

    /// <summary>It repeatedly takes too long.</summary>
    Slow,

    /// <summary>It was aborted.</summary>
    Hang,

    /// <summary>It allocates too much for its size.</summary>
    Memory,
}

/// <param name="Execution">The number of the execution; -1 for a given input.</param>
internal sealed record FuzzFailure(FuzzFault Fault, string Message, byte[] Input, long Execution);
