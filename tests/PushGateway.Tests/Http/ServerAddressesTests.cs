using PushGateway.Http;
using Xunit;

namespace PushGateway.Tests.Http;

public sealed class ServerAddressesTests
{
    [Theory]
    [InlineData("[::]:9091", false, "", "http://localhost:9091/")]
    [InlineData("0.0.0.0:80", true, "", "https://localhost:80/")]
    [InlineData("127.0.0.1:9091", false, "/pre", "http://127.0.0.1:9091/pre/")]
    [InlineData("[::1]:9091", false, "", "http://[::1]:9091/")]
    [InlineData("unix:///run/p.sock 10.0.0.1:9091", false, "", "http://10.0.0.1:9091/")]
    [InlineData("unix:///run/p.sock", false, "", null)]
    public void LocalUrl_Addresses_IsWhatABrowserOpens(string addresses, bool isTls, string prefix, string? url) =>
        Assert.Equal(url, ServerAddresses.LocalUrl(addresses.Split(' '), isTls, prefix));
}
