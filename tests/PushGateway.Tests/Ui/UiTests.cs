using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Tests.TestServer;
using PushGateway.Ui;
using Xunit;

namespace PushGateway.Tests.Ui;

/// <summary>The page and its files, as they are sent.</summary>
public sealed partial class UiTests
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'";

    /// <summary>The maximum total size of the page and its files.</summary>
    private const int MaxBytes = 160_000;

    public static TheoryData<string> Modules =>
        [.. UiFiles.ByName.Keys.Where(name => name.EndsWith(".js", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("/")]
    [InlineData("/status")]
    [InlineData("/?tab=overview")]
    public async Task Get_Page_IsHtmlThatRunsNothingButItsFiles(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", path);

        Assert.Equal((200, "text/html; charset=utf-8"), (answer.Status, answer.Header("Content-Type")));
        Assert.StartsWith("<!DOCTYPE html>", answer.Body);
        Assert.EndsWith("</html>\n", answer.Body);
        Assert.Equal(ContentSecurityPolicy, answer.Header("Content-Security-Policy"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        Assert.Single(ScriptOrStyle().Matches(answer.Body));
        Assert.DoesNotMatch(InlineHandler(), answer.Body);
    }

    [Theory]
    [InlineData("app.js", "text/javascript; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("favicon.svg", "image/svg+xml")]
    public async Task Get_File_HasItsTypeAndIsKeptButAskedFor(string name, string contentType)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", $"/static/{name}");

        Assert.Equal((200, contentType), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("no-cache", answer.Header("Cache-Control"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal(ContentSecurityPolicy, answer.Header("Content-Security-Policy"));
        Assert.Equal(Encoding.UTF8.GetString(UiFiles.ByName[name].Content), answer.Body);
    }

    [Fact]
    public async Task Get_PageAndEveryFile_MayNotBeFramedGuessedAtOrTracked()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        IEnumerable<string> files = UiFiles.ByName.Keys.Where(name => name != UiFiles.Page).Select(name => $"/static/{name}");

        foreach (string path in files.Concat(["/", "/status"]))
        {
            RawAnswer answer = await gateway.SendAsync("GET", path);
            RawAnswer kept = await gateway.SendAsync("GET", path, "", $"If-None-Match: {answer.Header("ETag")}");

            Assert.Equal((path, 200, 304), (path, answer.Status, kept.Status));
            Assert.All([answer, kept], one => Assert.Equal(
                (ContentSecurityPolicy, "nosniff", "no-referrer"),
                (one.Header("Content-Security-Policy"), one.Header("X-Content-Type-Options"), one.Header("Referrer-Policy"))));
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/static/app.js")]
    public async Task Get_WhatTheBrowserHas_IsNotSentAgain(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string tag = (await gateway.SendAsync("GET", path)).Header("ETag")!;

        RawAnswer same = await gateway.SendAsync("GET", path, "", $"If-None-Match: \"other\", W/{tag}");
        RawAnswer other = await gateway.SendAsync("GET", path, "", "If-None-Match: \"other\"");

        Assert.Equal((304, "", tag), (same.Status, same.Body, same.Header("ETag")));
        Assert.Equal((200, tag), (other.Status, other.Header("ETag")));
    }

    [Fact]
    public async Task Get_PageAfterAPush_HasAnotherTag()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string? before = (await gateway.SendAsync("GET", "/")).Header("ETag");

        await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n");

        Assert.NotEqual(before, (await gateway.SendAsync("GET", "/")).Header("ETag"));
    }

    [Theory]
    [InlineData("/static/no-such-file")]
    [InlineData("/static/index.html")]
    [InlineData("/static/")]
    [InlineData("/static/APP.js")]
    [InlineData("/static/x/app.js")]
    public async Task Get_UnknownFile_Is404(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();

        RawAnswer answer = await gateway.SendAsync("GET", path);

        Assert.Equal((404, "404 page not found\n"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("--web.route-prefix=/some/prefix", "/some/prefix")]
    [InlineData("--web.external-url=http://example.org/gateway/", "/gateway")]
    public async Task Get_UnderAPrefix_LeadsToItsFiles(string flag, string prefix)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(flag);
        var page = new Uri($"http://x{prefix}/status");
        string html = (await gateway.SendAsync("GET", page.AbsolutePath)).Body;

        IReadOnlyList<string> addresses = [.. Address().Matches(html).Select(match => match.Groups["address"].Value)];

        Assert.Contains($"static/{UiFiles.Version}/app.js", addresses);
        // Links that a reader may follow to documentation; nothing is loaded from there.
        foreach (string address in addresses.Where(one => !one.StartsWith("https://prometheus.io/docs/", StringComparison.Ordinal)))
        {
            var target = new Uri(page, address);
            Assert.Equal("x", target.Host);
            Assert.Equal((address, 200), (address, (await gateway.SendAsync("GET", target.PathAndQuery)).Status));
        }
    }

    [Fact]
    public void Files_AllTogether_AreSmall() =>
        Assert.InRange(UiFiles.ByName.Values.Sum(file => file.Content.Length), 1, MaxBytes);

    [Theory]
    [MemberData(nameof(Modules))]
    public void Module_Imports_AreThere(string name)
    {
        IEnumerable<string> imports = Import().Matches(TextOf(name)).Select(match => match.Groups["file"].Value);

        Assert.All(imports, import => Assert.Contains(import, UiFiles.ByName.Keys));
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Module_Elements_AreInThePage(string name)
    {
        string page = TextOf(UiFiles.Page);
        IEnumerable<string> ids = ById().Matches(TextOf(name)).Select(match => match.Groups["id"].Value);

        Assert.All(ids, id => Assert.Contains($"id=\"{id}\"", page));
    }

    /// <summary>What was pushed can only become text.</summary>
    [Theory]
    [MemberData(nameof(Modules))]
    public void Module_MakingOfMarkup_IsNowhere(string name) =>
        Assert.DoesNotMatch(MakingOfMarkup(), TextOf(name));

    private static string TextOf(string name) => Encoding.UTF8.GetString(UiFiles.ByName[name].Content);

    [GeneratedRegex("<script|<style|style=\"", RegexOptions.IgnoreCase)]
    private static partial Regex ScriptOrStyle();

    [GeneratedRegex(@"\son[a-z]+\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineHandler();

    [GeneratedRegex("(?:href|src)=\"(?<address>[^\"]+)\"")]
    private static partial Regex Address();

    [GeneratedRegex("from ?'\\./(?<file>[^']+)'")]
    private static partial Regex Import();

    [GeneratedRegex("byId\\('(?<id>[^']+)'\\)")]
    private static partial Regex ById();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\(|new Function")]
    private static partial Regex MakingOfMarkup();
}
