using System.Text;
using PushGateway.WebConfig.Passwords;
using Xunit;

namespace PushGateway.Tests.WebConfig.Passwords;

public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("Basic Ym9iOnNlY3JldA==", "bob", "secret")]
    [InlineData("basic Ym9iOnNlY3JldA==", "bob", "secret")]
    [InlineData("Basic Ym9iOg==", "bob", "")]
    [InlineData("Basic OnNlY3JldA==", "", "secret")]
    [InlineData("Basic Ym9iOmE6Yg==", "bob", "a:b")]
    public void TryParse_UserAndPassword_GivesThem(string header, string user, string password)
    {
        Assert.True(BasicCredentials.TryParse(header, out string parsed, out byte[] bytes));
        Assert.Equal((user, password), (parsed, Encoding.UTF8.GetString(bytes)));
    }

    /// <summary>As Go decodes them: with all padding, and without blanks.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Bearer Ym9iOnNlY3JldA==")]
    [InlineData("Basic Ym9i")]
    [InlineData("Basic Ym9iOnNlY3JldA")]
    [InlineData("Basic Ym9i OnNlY3JldA==")]
    [InlineData("Basic Ym9i\tOnNlY3JldA==")]
    [InlineData("Basic  Ym9iOnNlY3JldA==")]
    [InlineData("Basic Ym9iOnNlY3JldA== ")]
    public void TryParse_Others_AreRejected(string? header) =>
        Assert.False(BasicCredentials.TryParse(header, out _, out _));
}
