using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class RoutePrefixTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("", "http://h/", "")]
    [InlineData("", "http://h/foo/", "/foo")]
    [InlineData("", "foo/bar", "/foo/bar")]
    [InlineData("/", "http://h/foo", "")]
    [InlineData("foo", "http://h/bar", "/foo")]
    [InlineData("/foo/", "", "/foo")]
    [InlineData("//", "", "/")]
    [InlineData("//foo//", "", "//foo/")]
    public void From_FlagAndUrl_IsRootedWithoutOneTrailingSlash(string flag, string url, string prefix)
    {
        Assert.True(ExternalUrl.TryParse(url, out ExternalUrl externalUrl, out _));
        Assert.Equal(prefix, RoutePrefix.From(flag, externalUrl));
    }
}
