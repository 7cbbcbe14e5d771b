using System.Text;
using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Browser;

/// <summary>Pushed text is displayed as text, stays inside its element, and is copied unchanged.</summary>
public sealed class HostileTextTests(Chromium chromium) : BrowserTests(chromium)
{
    /// <summary>A value, and how it begins in the list.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>" },
        { "</script><script>alert(1)</script>", "</script><script>alert(1)</script>" },
        { "\" onmouseover=\"alert(1)", "\" onmouseover=\"alert(1)" },
        { "'; rm -rf \"$HOME\" `id` $(id) \\ !! #", "'; rm -rf \"$HOME\" `id` $(id) \\ !! #" },
        { "{{constructor}}${7*7}%3Cb%3E%2e%2e", "{{constructor}}${7*7}%3Cb%3E%2e%2e" },
        { "exe.\u202egnp", "exe.\\u202egnp" },
        { "\u05d0\u05d1\u05d2 rtl", "\u05d0\u05d1\u05d2 rtl" },
        { "a\nb\tc\u0001\u007f\u0085", "a\\nb\\tc\\u0001\\u007f\\u0085" },
        { "zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff" },
        { "/a/../b?c#d", "/a/../b?c#d" },
        { "..", ".." },
        { "\U0001f600 e\u0301", "\U0001f600 e\u0301" },
        { new string('x', 10_240), "xxxxxxxxxx" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Value_InEveryPlace_IsTextAndIsCopiedToTheLetter(string value, string shown)
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.enable-utf8-names");
        string path = $"/metrics/job/hostile/value@base64/{Base64Url(value)}";
        string escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        string quoted = escaped.Replace("\"", "\\\"", StringComparison.Ordinal);
        await PushAsync(gateway, path, $"# HELP a_metric {escaped}\na_metric{{l=\"{quoted}\"}} 1\na_metric{{l=\"\"}} 2\n");
        await PushAsync(gateway, "/metrics/job/plain", $"{{\"{quoted}\"}} 1\n");
        GatewayPage page = await OpenAsync(gateway, options: new BrowserNewContextOptions { ViewportSize = new() { Width = 900, Height = 700 } });
        page.ExpectRefusals();

        ILocator row = page.Row("hostile");
        Assert.StartsWith(shown, await row.Locator(".chip-value").Last.TextContentAsync());
        await row.Locator(".row-link").ClickAsync();
        Assert.StartsWith(shown, await page.Page.Locator("#group-title .chip-value").Last.TextContentAsync());
        Assert.StartsWith(shown, await page.Family("a_metric").Locator(".help").TextContentAsync());
        Assert.StartsWith(shown, await page.Family("a_metric").Locator(".sample-value").Last.TextContentAsync());
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth > 0 ? 1 : 0"));

        string push = await page.CopyAsync(page.Button("Copy push"));
        await gateway.ShellAsync(push);
        Assert.Contains(await gateway.GroupsAsync(), group => group.Families.Contains("some_metric"));
        Assert.Equal(2, (await gateway.GroupsAsync()).Count);

        // The selector, given back to the gateway, selects just this group.
        string selector = await page.CopyAsync(page.Button("Copy selector").First);
        Assert.Contains("job=\"hostile\"", selector);
        using HttpResponseMessage selected = await gateway.Client.GetAsync(
            $"/api/v1/groups?match[]={Uri.EscapeDataString(selector)}", TestContext.Current.CancellationToken);
        Assert.Contains(
            "\"matched\":{\"groups\":1,", await selected.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        await gateway.ShellAsync(await page.CopyAsync(page.Button("Copy delete")));
        Assert.Equal("job=plain", (await gateway.GroupAsync()).LabelText());

        // And as a metric's name.
        await page.GoToAsync("/?group=metrics/job/plain");
        Assert.StartsWith(shown, await page.Page.Locator(".family-name").First.TextContentAsync());
    }

    [Fact]
    public async Task Copy_WithoutTheClipboardOfSecurePages_IsToTheLetterToo()
    {
        const string Value = "a\r\nb \u202e'\"\u0001";
        GatewayProcess gateway = await StartGatewayAsync();
        await PushAsync(gateway, $"/metrics/job/a/value@base64/{Base64Url(Value)}", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        await page.Page.AddInitScriptAsync(
            "navigator.clipboard.writeText = () => Promise.reject(new Error('not on this page'));");
        await page.Page.ReloadAsync();
        await page.Row("value").Locator(".row-link").ClickAsync();

        string selector = await page.CopyAsync(page.Button("Copy selector").First);

        Assert.Equal("{job=\"a\",value=\"a\\x0d\\nb \u202e'\\\"\\x01\"}", string.Concat(selector));
    }

    private static string Base64Url(string text) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
