using Microsoft.Playwright;
using PushGateway.Tests.Access;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The page shows a missing permission next to the action.</summary>
public sealed class RefusalTests(Chromium chromium) : BrowserTests(chromium)
{
    private readonly AccessFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false, "Forbidden: this requires the permission")]
    [InlineData(true, "Unauthorized: this requires the permission")]
    public async Task Change_ReaderMayNot_IsTold(bool hasTokens, string refusal)
    {
        GatewayPage page = await OpenAsReaderAsync(hasTokens);

        await page.Button("Wipe all…").ClickAsync();
        await page.Dialog.Locator("input").FillAsync("wipe");
        await page.Button("Wipe all").ClickAsync();
        await Expect(page.Dialog.Locator(".error")).ToContainTextAsync($"{refusal} \"admin\"");
        await page.Button("Cancel").ClickAsync();

        await page.Search.FillAsync("job=\"a\"");
        await page.Button("Delete 2 groups…").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync($"They cannot be deleted. {refusal} \"delete\"");
        await Expect(page.Dialog.Locator(".danger")).ToBeDisabledAsync();
        await page.Button("Cancel").ClickAsync();

        await page.Rows.First.Locator(".row-link").ClickAsync();
        await page.Page.Clock.InstallAsync();
        await page.Button("Delete").ClickAsync();
        await page.Page.Clock.FastForwardAsync(11_000);
        await Expect(page.Page.Locator(".notice.bad")).ToContainTextAsync($"Not deleted. {refusal} \"delete\"");
        await page.ShowsRowsAsync(2);
    }

    [Fact]
    public async Task Push_OtherGroup_IsTold()
    {
        GatewayPage page = await OpenAsReaderAsync(hasTokens: false);
        await page.OpenTabAsync("Try a push");

        await page.Page.Locator("#push-job").FillAsync("c");
        await page.Button("Send").ClickAsync();

        ILocator result = page.Page.Locator("#push-result");
        await Expect(result).ToContainTextAsync("Rejected with 403");
        await Expect(result).ToContainTextAsync("this requires the permission \"push\" for the group {job=\"c\"}");
    }

    private async Task<GatewayPage> OpenAsReaderAsync(bool hasTokens)
    {
        _folder.Write(
            "roles:\n  readers:\n    permissions: [read]\n    anonymous: true\n"
            + "  pushers:\n    permissions: [push]\n    groups: job=\"a\"\n    anonymous: true\n"
            + (hasTokens ? $"  admins:\n    permissions: [admin]\n    tokens: ['{AccessFolder.HashOf("token")}']\n" : ""));
        GatewayProcess gateway = await StartGatewayAsync(_folder.Flag, "--web.enable-admin-api");
        await PushAsync(gateway, "/metrics/job/a/instance/1", "x 1\n");
        await PushAsync(gateway, "/metrics/job/a/instance/2", "x 1\n");
        GatewayPage page = await OpenAsync(gateway);
        page.ExpectRefusals();
        await page.ShowsRowsAsync(2);
        return page;
    }
}
