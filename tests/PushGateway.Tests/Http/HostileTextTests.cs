using System.Text;
using System.Text.Json;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http;

/// <summary>The API returns malicious labels and help texts as plain text.</summary>
public sealed class HostileTextTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"}],\"x\":[{\"")]
    [InlineData("\\u0041\\")]
    [InlineData("\0\u0001\b\f\n\r\t\u001f\u007f")]
    [InlineData("\u202egnp.exe\u202c\u2028\u2029\ufeff")]
    [InlineData("é😀\ud83d\ude00")]
    [InlineData("' OR 1=1 --")]
    [InlineData("../../etc/passwd")]
    public Task Text_InKeyLabelAndHelp_IsGivenBack(string text) => AssertIsGivenBackAsync(text);

    [Fact]
    public Task LongText_InKeyLabelAndHelp_IsGivenBack() => AssertIsGivenBackAsync(new string('<', 10_000));

    private static async Task AssertIsGivenBackAsync(string text)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).Replace('+', '-').Replace('/', '_');
        string help = Escape(text);
        string value = help.Replace("\"", "\\\"", StringComparison.Ordinal);
        string path = $"/job@base64/{(base64.Length > 8_000 ? "YQ" : base64)}";
        Assert.Equal(200, (await gateway.SendAsync(
            "PUT", "/metrics" + path, $"# HELP x {help}\n# TYPE x gauge\nx{{l=\"{value}\"}} 1\n")).Status);
        await gateway.SendAsync("PUT", "/metrics" + path, $"x{{l=\"{value}\"}} 1\nx{{l=\"{value}\"}} 2\n");
        string job = base64.Length > 8_000 ? "a" : text;

        JsonElement group = (await GroupsTests.DataAsync(gateway, "/api/v1/groups")).GetProperty("groups")[0];
        JsonElement shown = await GroupsTests.DataAsync(gateway, "/api/v1/groups" + path);
        JsonElement stats = await GroupsTests.DataAsync(gateway, "/api/v1/stats");

        Assert.Equal(job, group.GetProperty("labels").GetProperty("job").GetString());
        Assert.NotEmpty(group.GetProperty("error").GetProperty("message").GetString()!);
        JsonElement family = shown.GetProperty("families").EnumerateArray()
            .Single(family => family.GetProperty("name").GetString() == "x");
        Assert.Equal(text, family.GetProperty("help").GetString());
        Assert.Equal(text, family.GetProperty("metrics")[0].GetProperty("labels").GetProperty("l").GetString());
        Assert.Equal(job, stats.GetProperty("top_jobs")[0].GetProperty("value").GetString());
        await AssertIsFoundAsync(gateway, $"{{l=\"{Quote(text)}\"}}");
    }

    private static async Task AssertIsFoundAsync(RunningGateway gateway, string selector)
    {
        string query = Uri.EscapeDataString(selector);
        if (query.Length < 7_000)
        {
            JsonElement found = await GroupsTests.DataAsync(gateway, $"/api/v1/groups?match[]={query}");
            Assert.Equal(1, found.GetProperty("matched").GetProperty("groups").GetInt32());
        }
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Quote(string text) =>
        Escape(text).Replace("\"", "\\\"", StringComparison.Ordinal);
}
