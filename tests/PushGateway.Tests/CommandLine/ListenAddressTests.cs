using System.Net;
using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class ListenAddressTests
{
    [Theory]
    [InlineData(":9091", "", 9091)]
    [InlineData("127.0.0.1:9091", "127.0.0.1", 9091)]
    [InlineData("localhost:9091", "localhost", 9091)]
    [InlineData("[::1]:9091", "::1", 9091)]
    [InlineData("[127.0.0.1]:9091", "127.0.0.1", 9091)]
    [InlineData("[]:9091", "", 9091)]
    [InlineData("[fe80::1%lo]:1", "fe80::1%lo", 1)]
    // Without a port the system chooses one.
    [InlineData(":", "", 0)]
    [InlineData("localhost:", "localhost", 0)]
    [InlineData(":0", "", 0)]
    // Names and limits.
    [InlineData(":http", "", 80)]
    [InlineData(":https", "", 443)]
    [InlineData(":+80", "", 80)]
    [InlineData(":65535", "", 65535)]
    public void TryParse_Valid_GivesHostAndPort(string text, string host, int port)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress address, out _));
        Assert.Equal(new ListenAddress(host, port), address);
    }

    [Theory]
    [InlineData("", "listen tcp: address : missing port in address")]
    [InlineData("127.0.0.1", "listen tcp: address 127.0.0.1: missing port in address")]
    [InlineData("[::1]", "listen tcp: address [::1]: missing port in address")]
    [InlineData("[::1]x:80", "listen tcp: address [::1]x:80: missing port in address")]
    [InlineData("[::1", "listen tcp: address [::1: missing ']' in address")]
    [InlineData("::1:80", "listen tcp: address ::1:80: too many colons in address")]
    [InlineData(":9091:", "listen tcp: address :9091:: too many colons in address")]
    [InlineData("[::1]:80:", "listen tcp: address [::1]:80:: too many colons in address")]
    [InlineData("a]b:80", "listen tcp: address a]b:80: unexpected ']' in address")]
    [InlineData("a[b:80", "listen tcp: address a[b:80: unexpected '[' in address")]
    [InlineData(":x", "listen tcp: lookup tcp/x: unknown port")]
    [InlineData(":65536", "listen tcp: address 65536: invalid port")]
    [InlineData(":-1", "listen tcp: address -1: invalid port")]
    [InlineData(":99999999999", "listen tcp: address 99999999999: invalid port")]
    [InlineData("vsock://:9100", "listen vsock: address vsock://:9100: vsock is not supported")]
    public void TryParse_Invalid_SaysWhyInGosWords(string text, string message)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out string? error));
        Assert.Equal(message, error);
    }

    [Theory]
    [InlineData("127.0.0.1:9091")]
    [InlineData("[::1]:9091")]
    [InlineData(":9091")]
    public void ToString_Parsed_IsWhatWasParsed(string text)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress address, out _));
        Assert.Equal(text, address.ToString());
    }

    [Fact]
    public async Task ResolveAsync_AddressOfVersionSix_IsTakenAsIs()
    {
        IPEndPoint endPoint = await new ListenAddress("::1", 9091).ResolveAsync(TestContext.Current.CancellationToken);
        Assert.Equal("[::1]:9091", endPoint.ToString());
    }
}
