namespace PushGateway.Core.Persistence;

/// <summary>
/// Makes one kind of exception, with the cause in plain words, of the several that .NET has for a failing disk.
/// </summary>
internal static class DiskError
{
    public static void Guard(Action operation) => Guard(() =>
    {
        operation();
        return 0;
    });

    public static T Guard<T>(Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (Explain(e) is { } error)
        {
            throw error;
        }
    }

    /// <summary>The exception to throw instead; null to let this one go on.</summary>
    public static IOException? Explain(Exception error) => error switch
    {
        // EFBIG, from a limit on file sizes; .NET takes it for a wrong argument.
        ArgumentOutOfRangeException => new IOException("File too large", error),
        UnauthorizedAccessException => new IOException(error.Message, error),
        _ => null,
    };
}
