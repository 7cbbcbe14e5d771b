using PushGateway.Durability.Postgres;
using Xunit;

namespace PushGateway.Tests.Durability.Postgres;

public class PostgresSourceTests
{
    [Fact]
    public void ThrowIfTooOld_ServerWithoutSupport_NamesBothVersions()
    {
        PostgresUnusableException exception =
            Assert.Throws<PostgresUnusableException>(() => PostgresSource.ThrowIfTooOld(new Version(11, 22)));

        Assert.Equal("the database is PostgreSQL 11.22; 12 or newer is needed", exception.Message);
        Assert.True(exception.IsPermanent);
    }

    [Theory]
    [InlineData(12, 0)]
    [InlineData(17, 2)]
    public void ThrowIfTooOld_OtherServers_DoesNotThrow(int major, int minor) =>
        PostgresSource.ThrowIfTooOld(new Version(major, minor));
}
