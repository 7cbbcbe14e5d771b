using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>The Prometheus client for Ruby that Debian ships, in ruby/push.rb. It writes a slash in the job as %2F.</summary>
public sealed class RubyClientTests : GatewayTests
{
    [Fact]
    public async Task Push_ReplaceAddAndDelete_ChangeTheGroup()
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.lenient");
        Task<string> PushAsync(string operation, string family, string value) => ClientPrograms.RunRubyAsync(
            ClientPrograms.PathOf("ruby", "push.rb"), gateway.Address, operation, family, value);

        Assert.Equal("200\n", await PushAsync("replace", "first", "0.5"));
        Assert.Equal("200\n", await PushAsync("replace", "rows", "0.25"));
        Assert.Equal("200\n", await PushAsync("add", "more", "2"));
        Assert.Equal("200\n", await PushAsync("add", "rows", "0.75"));

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("instance=db 1,job=ruby/nightly", group.LabelText());
        Assert.Equal(["more", "rows"], group.Families);
        Assert.Contains(
            "# HELP rows A gauge.\n# TYPE rows gauge\n" +
            "rows{instance=\"db 1\",job=\"ruby/nightly\",step=\"a\\\"b\\\\c\\nd\"} 0.75\n",
            await gateway.ScrapeAsync(),
            StringComparison.Ordinal);

        Assert.Equal("202\n", await PushAsync("delete", "rows", "0"));
        Assert.Empty(await gateway.GroupsAsync());
    }
}
