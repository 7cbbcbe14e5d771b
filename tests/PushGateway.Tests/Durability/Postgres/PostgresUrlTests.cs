using Npgsql;
using PushGateway.Durability.Postgres;
using Xunit;

namespace PushGateway.Tests.Durability.Postgres;

public class PostgresUrlTests
{
    [Theory]
    [InlineData("postgres://db", "db", null, null, null)]
    [InlineData("postgresql://u:p%40ss%3A@db:5433/metrics", "db:5433", "u", "p@ss:", "metrics")]
    [InlineData("postgres://u@[::1]:5433/metrics", "[::1]:5433", "u", null, "metrics")]
    [InlineData("postgres://u:p@a:1,b:2/m", "a:1,b:2", "u", "p", "m")]
    [InlineData("postgres:///m?host=/var/run/postgresql&user=u", "/var/run/postgresql", "u", null, "m")]
    [InlineData("Host=db;Username=u;Password=p;Database=m", "db", "u", "p", "m")]
    public void TryParse_Valid_HasItsParts(string text, string host, string? user, string? password, string? database)
    {
        Assert.True(PostgresUrl.TryParse(text, out NpgsqlConnectionStringBuilder? settings, out string? error), error);

        Assert.Equal(host, settings.Host);
        Assert.Equal(user, settings.Username);
        Assert.Equal(password, settings.Password);
        Assert.Equal(database, settings.Database);
    }

    [Theory]
    [InlineData("postgres://db/m?sslmode=verify-full&sslrootcert=/ca.pem", SslMode.VerifyFull, "/ca.pem")]
    [InlineData("postgres://db/m?sslmode=require", SslMode.Require, null)]
    public void TryParse_WithTls_HasItsSettings(string text, SslMode mode, string? root)
    {
        Assert.True(PostgresUrl.TryParse(text, out NpgsqlConnectionStringBuilder? settings, out string? error), error);

        Assert.Equal(mode, settings.SslMode);
        Assert.Equal(root, settings.RootCertificate);
    }

    [Theory]
    [InlineData("mysql://u:topsecret@db/m", "expected postgres://")]
    [InlineData("postgres://u:topsecret@db/m?sslmode=topsecret", "is malformed")]
    [InlineData("postgres://u:topsecret@db/m?whatever=1", "not supported: whatever")]
    [InlineData("postgres://u:topsecret@/m", "names no host")]
    [InlineData("Host=db;Port=topsecret", "is malformed")]
    [InlineData("topsecret", "is malformed")]
    public void TryParse_Invalid_SaysWhyWithoutThePassword(string text, string expected)
    {
        Assert.False(PostgresUrl.TryParse(text, out _, out string? error));

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", error, StringComparison.Ordinal);
    }
}
