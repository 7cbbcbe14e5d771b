using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace PushGateway.Tests.Browser;

/// <summary>The dialog lists everything that a deletion removes.</summary>
public sealed class DeletionTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact]
    public async Task Delete_OneGroup_CanBeUndoneForTenSeconds()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway, "/?group=metrics/job/a/instance/1");
        page.ExpectRefusals();
        await page.ShowsRowsAsync(3);
        await page.Page.Clock.InstallAsync();

        await page.Button("Delete").ClickAsync();
        await Expect(page.Detail).ToBeHiddenAsync();
        await page.ShowsRowsAsync(2);
        await Expect(page.Rows.First.Locator(".row-link")).ToBeFocusedAsync();
        await page.Page.Clock.FastForwardAsync(8_000);
        Assert.Equal(3, (await gateway.GroupsAsync()).Count);
        await page.Button("Undo").ClickAsync();
        await page.ShowsRowsAsync(3);
        await page.Page.Clock.FastForwardAsync(20_000);
        Assert.Equal(3, (await gateway.GroupsAsync()).Count);

        await page.Rows.First.Locator(".row-link").FocusAsync();
        await page.Page.Keyboard.PressAsync("d");
        await page.ShowsRowsAsync(2);
        await page.Page.Clock.FastForwardAsync(11_000);
        await GroupsAreAsync(gateway, "job=b", "instance=2,job=a");
        await page.ShowsRowsAsync(2);
    }

    [Fact]
    public async Task Delete_PageThatIsClosedBefore_DeletesAtOnce()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.Rows.Last.Locator(".act button").ClickAsync();
        await page.ShowsRowsAsync(2);

        await page.Page.GotoAsync("about:blank");

        await GroupsAreAsync(gateway, "instance=1,job=a", "instance=2,job=a");
    }

    [Fact]
    public async Task Delete_Picked_ShowsThemFirst()
    {
        GatewayProcess gateway = await StartWithGroupsAsync();
        GatewayPage page = await OpenAsync(gateway);
        await page.Rows.Nth(0).Locator(".pick input").CheckAsync();
        await page.Rows.Nth(2).Locator(".row-link").FocusAsync();
        await page.Page.Keyboard.PressAsync("x");

        await page.Button("Delete 2 selected…").ClickAsync();
        await Expect(page.Dialog.Locator(".preview li")).ToHaveTextAsync(["joba" + "instance1", "jobb"]);
        await page.Page.Clock.InstallAsync();
        await page.Button("Delete 2 groups").ClickAsync();

        await page.ShowsRowsAsync(1);
        await page.Page.Clock.FastForwardAsync(11_000);
        await GroupsAreAsync(gateway, "instance=2,job=a");
    }

    [Theory]
    [InlineData("job=\"a\"")]
    [InlineData("A INST")]
    public async Task Delete_Selection_CountsFirst(string search)
    {
        GatewayProcess gateway = await StartWithGroupsAsync("--web.enable-admin-api");
        GatewayPage page = await OpenAsync(gateway);
        page.ExpectRefusals();
        await page.Search.FillAsync(search);
        await page.ShowsRowsAsync(2);
        await page.Page.Clock.InstallAsync();

        await page.Button("Delete 2 groups…").ClickAsync();
        await Expect(page.Dialog).ToContainTextAsync("2 groups with 6 series");
        await Expect(page.Dialog.Locator(".preview li")).ToHaveCountAsync(2);
        await page.Button("Delete 2 groups").ClickAsync();

        await page.ShowsRowsAsync(0);
        Assert.Equal(3, (await gateway.GroupsAsync()).Count);
        await page.Page.Clock.FastForwardAsync(11_000);
        await GroupsAreAsync(gateway, "job=b");
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

    private static Task GroupsAreAsync(GatewayProcess gateway, params string[] labels) => Deadline.UntilAsync(
        Deadline.Change,
        $"the groups are {string.Join(" and ", labels)}",
        async _ => (await gateway.GroupsAsync()).Select(group => group.LabelText()).Order().SequenceEqual(labels.Order()));

    private async Task<GatewayProcess> StartWithGroupsAsync(params string[] flags)
    {
        GatewayProcess gateway = await StartGatewayAsync(flags);
        await PushAsync(gateway, "/metrics/job/a/instance/1", "x 1\n");
        await PushAsync(gateway, "/metrics/job/a/instance/2", "x 1\n");
        await PushAsync(gateway, "/metrics/job/b", "x 1\n");
        return gateway;
    }
}
