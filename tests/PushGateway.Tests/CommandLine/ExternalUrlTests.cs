using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class ExternalUrlTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("http://h", "http://h", "")]
    [InlineData("http://h/", "http://h/", "/")]
    [InlineData("http://h/foo/", "http://h/foo/", "/foo/")]
    [InlineData("HTTP://HoST/foo", "http://HoST/foo", "/foo")]
    [InlineData("http://u:p@h/a%20b c?q=1#f", "http://u:p@h/a%20b%20c?q=1#f", "/a b c")]
    [InlineData("http://h/é", "http://h/%C3%A9", "/é")]
    [InlineData("http://h/{x}", "http://h/%7Bx%7D", "/{x}")]
    [InlineData("http://h/%41%2f", "http://h/%41%2f", "/A/")]
    [InlineData("http://[::1]:80/x", "http://[::1]:80/x", "/x")]
    [InlineData("http://h:/", "http://h:/", "/")]
    [InlineData("http://h#", "http://h", "")]
    [InlineData("http://h%25/", "http://h%25/", "/")]
    [InlineData("//h/p", "//h/p", "/p")]
    [InlineData("/p", "/p", "/p")]
    [InlineData("foo/bar", "foo/bar", "foo/bar")]
    [InlineData("mailto:x", "mailto:x", "")]
    [InlineData("?x", "?x", "")]
    public void TryParse_Valid_GivesTextAndPath(string text, string shown, string path)
    {
        Assert.True(ExternalUrl.TryParse(text, out ExternalUrl url, out _));
        Assert.Equal(new ExternalUrl(shown, path), url);
    }

    [Theory]
    [InlineData(":bad", "invalid URL: parse \":bad\": missing protocol scheme")]
    [InlineData("\u0001", "invalid URL: parse \"\\x01\": net/url: invalid control character in URL")]
    [InlineData("1http://x", "invalid URL: parse \"1http://x\": first path segment in URL cannot contain colon")]
    [InlineData("http://[::1", "invalid URL: parse \"http://[::1\": missing ']' in host")]
    [InlineData("http://a b/", "invalid URL: parse \"http://a b/\": invalid character \" \" in host name")]
    [InlineData("http://h\\x/", "invalid URL: parse \"http://h\\\\x/\": invalid character \"\\\\\" in host name")]
    [InlineData("http://u ser@h/", "invalid URL: parse \"http://u ser@h/\": net/url: invalid userinfo")]
    [InlineData("http://h:port/", "invalid URL: parse \"http://h:port/\": invalid port \":port\" after host")]
    [InlineData("http://[::1]x/", "invalid URL: parse \"http://[::1]x/\": invalid port \"x\" after host")]
    [InlineData("http://h%41/", "invalid URL: parse \"http://h%41/\": invalid URL escape \"%41\"")]
    [InlineData("%zz", "invalid URL: parse \"%zz\": invalid URL escape \"%zz\"")]
    [InlineData("http://h/%4", "invalid URL: parse \"http://h/%4\": invalid URL escape \"%4\"")]
    [InlineData("http://h/#%zz", "invalid URL: parse \"http://h/#%zz\": invalid URL escape \"%zz\"")]
    public void TryParse_Invalid_SaysWhyInGosWords(string text, string message)
    {
        Assert.False(ExternalUrl.TryParse(text, out _, out string? error));
        Assert.Equal(message, error);
    }
}
