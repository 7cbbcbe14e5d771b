namespace PushGateway.Fuzz;

/// <summary>What an input may do wrong.</summary>
internal enum FuzzFault
{
    /// <summary>An exception came out.</summary>
    Exception,

    /// <summary>Two answers differ that have to be the same.</summary>
    Oracle,

    /// <summary>It takes too long, again and again.</summary>
    Slow,

    /// <summary>It was given up.</summary>
    Hang,

    /// <summary>It allocates more than goes with its size.</summary>
    Memory,
}

/// <param name="Execution">Which of the run; -1 for an input that was given.</param>
internal sealed record FuzzFailure(FuzzFault Fault, string Message, byte[] Input, long Execution);
