using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public class GatewayOptionsTests
{
    [Fact]
    public void ToFlagValues_Defaults_AreThoseOfUpstream()
    {
        string[] expected =
        [
            "log.format=logfmt", "log.level=info", "persistence.file=", "persistence.interval=5m0s",
            "push.disable-consistency-check=false", "push.enable-utf8-names=false", "web.config.file=",
            "web.enable-admin-api=false", "web.enable-lifecycle=false", "web.external-url=", "web.listen-address=:9091",
            "web.route-prefix=", "web.systemd-socket=false", "web.telemetry-path=/metrics",
        ];
        Assert.Equal(expected, new GatewayOptions().ToFlagValues().Select(flag => $"{flag.Key}={flag.Value}"));
    }

    [Fact]
    public void ToFlagValues_ExternalUrlWithPath_ShowsThePrefixInEffect()
    {
        var options = new GatewayOptions { ExternalUrl = new ExternalUrl("http://h/foo", "/foo") };
        Assert.Equal("/foo", options.ToFlagValues().Single(flag => flag.Key == "web.route-prefix").Value);
    }
}
