using System.Net.Sockets;
using Npgsql;
using PushGateway.Durability.Postgres;
using Xunit;

namespace PushGateway.Tests.Durability.Postgres;

public sealed class PostgresFaultTests
{
    private static readonly NpgsqlException Refused =
        new("Failed to connect to 10.0.0.1:5432", new SocketException((int)SocketError.ConnectionRefused));

    private static readonly NpgsqlException Broken = new("Exception while reading from stream", new EndOfStreamException());

    private static readonly PostgresException WrongPassword =
        new("password authentication failed for user \"gateway\"", "FATAL", "FATAL", PostgresErrorCodes.InvalidPassword);

    private static readonly PostgresException Starting =
        new("the database system is starting up", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow);

    [Fact]
    public void Describe_SeveralHosts_SaysWhatAServerSaidOrElseWhatHappenedAtTheFirst()
    {
        Assert.Equal("Connection refused", PostgresFault.Describe(OfHosts(Refused, Broken)));
        Assert.Equal("the connection broke", PostgresFault.Describe(OfHosts(Broken, Refused)));
        Assert.Equal("the database system is starting up (57P03)", PostgresFault.Describe(OfHosts(Broken, Starting)));
    }

    [Fact]
    public void IsPermanent_SeveralHosts_IfAllThatAnsweredSaySo()
    {
        Assert.True(PostgresFault.IsPermanent(OfHosts(Refused, WrongPassword)));
        Assert.False(PostgresFault.IsPermanent(OfHosts(Starting, WrongPassword)));
        Assert.False(PostgresFault.IsPermanent(OfHosts(Refused, Broken)));
    }

    private static NpgsqlException OfHosts(params Exception[] answers) =>
        new("Unable to connect to a suitable host. Check inner exception for more details.", new AggregateException(answers));
}
