using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The dialog lists everything that a deletion removes.</summary>
public sealed class DeletionTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact]
    public async Task Delete_OneGroup_AsksFirst()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a/instance/1");
        page.ExpectRefusals();

        await page.Button("Delete…").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("Delete this group?");
        await page.Button("Cancel").ClickAsync();
        await Expect(page.Dialog).ToHaveCountAsync(0);
        Assert.Equal(3, (await gateway.GroupsAsync()).Count);

        await page.Button("Delete…").ClickAsync();
        await page.Button("Delete group").ClickAsync();

        await Expect(page.Detail).ToBeHiddenAsync();
        await page.ShowsRowsAsync(2);
        Assert.Equal(["job=b", "instance=2,job=a"], (await gateway.GroupsAsync()).Select(group => group.LabelText()));
    }

    [Theory]
    [InlineData("job=\"a\"")]
    [InlineData("A INST")]
    public async Task Delete_Selection_CountsFirst(string search)
    {
        GatewayProcess gateway = await StartWithGroupsAsync("--web.enable-admin-api");
        GatewayPage page = await OpenAsync(gateway);
        await page.Search.FillAsync(search);
        await page.ShowsRowsAsync(2);

        await page.Button("Delete 2 groups…").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("2 groups with 6 series would be deleted");
        Assert.Equal(3, (await gateway.GroupsAsync()).Count);
        await page.Button("Delete 2 groups").ClickAsync();

        await page.ShowsRowsAsync(0);
        Assert.Equal("job=b", (await gateway.GroupAsync()).LabelText());
    }

    [Fact]
    public async Task SeveralGroups_WithoutTheAdminApi_HaveNoButton()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);

        await page.ShowsRowsAsync(3);
        await Expect(page.Page.Locator("#delete-selected")).ToBeHiddenAsync();
        await page.Search.FillAsync("job=\"a\"");
        await page.ShowsRowsAsync(2);
        await Expect(page.Page.Locator("#delete-selected")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Wipe_WithTheAdminApi_NeedsTheWord()
    {
        GatewayProcess gateway = await StartWithGroupsAsync("--web.enable-admin-api");
        GatewayPage page = await OpenAsync(gateway);

        await page.Button("Wipe all…").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("all 3 groups");
        ILocator wipe = page.Button("Wipe all");
        await Expect(wipe).ToBeDisabledAsync();
        await page.Page.Keyboard.TypeAsync("wipe");
        await wipe.ClickAsync();

        await Expect(page.Page.Locator("#first-push")).ToBeVisibleAsync();
        Assert.Empty(await gateway.GroupsAsync());
    }

    private async Task<GatewayProcess> StartWithGroupsAsync(params string[] flags)
    {
        GatewayProcess gateway = await StartGatewayAsync(flags);
        await PushAsync(gateway, "/metrics/job/a/instance/1", "x 1\n");
        await PushAsync(gateway, "/metrics/job/a/instance/2", "x 1\n");
        await PushAsync(gateway, "/metrics/job/b", "x 1\n");
        return gateway;
    }
}
