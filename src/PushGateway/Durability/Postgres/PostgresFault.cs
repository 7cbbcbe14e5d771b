using System.Net.Sockets;
using Npgsql;

namespace PushGateway.Durability.Postgres;

/// <summary>Describes errors of the database for clients and operators. Never shows an address or a password.</summary>
internal static class PostgresFault
{
    /// <summary>Whether a retry cannot help, since the login, the database, the server or its tables are wrong.</summary>
    public static bool IsPermanent(Exception exception) => exception switch
    {
        PostgresUnusableException unusable => unusable.IsPermanent,
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.InsufficientPrivilege,
        _ => AnswersOfHosts(exception) is { Count: > 0 } answers && answers.All(IsPermanent),
    };

    /// <summary>Whether the cause is outside the gateway.</summary>
    public static bool IsExpected(Exception exception) => exception is NpgsqlException or PostgresUnusableException
        or IOException or SocketException or TimeoutException or InvalidDataException;

    public static string Describe(Exception exception) => exception switch
    {
        PostgresUnusableException or InvalidDataException => exception.Message,
        PostgresException postgres => $"{postgres.MessageText} ({postgres.SqlState})",
        _ when AnswersOfHosts(exception) is [var answer, ..] => Describe(answer),
        { InnerException: AggregateException { InnerExceptions: [var host, ..] } } => Describe(host),
        _ when Find<SocketException>(exception) is { } socket => socket.Message,
        _ when Find<TimeoutException>(exception) is not null => "it does not answer in time",
        NpgsqlException { InnerException: { } inner } when inner is IOException => "the connection broke",
        NpgsqlException or IOException => exception.Message,
        _ => $"{exception.GetType().Name}: {exception.Message}",
    };

    /// <summary>The errors of several hosts, if none of them could be used.</summary>
    private static List<PostgresException> AnswersOfHosts(Exception exception) =>
        exception.InnerException is AggregateException hosts ? [.. hosts.InnerExceptions.OfType<PostgresException>()] : [];

    private static T? Find<T>(Exception? exception) where T : Exception
    {
        while (exception is not null and not T)
        {
            exception = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception.InnerException;
        }
        return exception as T;
    }
}
