using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace PushGateway.Tests.Browser;

/// <summary>
/// The gateway's page in a browser. At the end it sees that nothing went wrong unnoticed: no error in the console, which is
/// where violations of the content security policy are, too, and no request to anybody else.
/// </summary>
internal sealed class GatewayPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Uri _address;
    private bool _expectsRefusals;

    public GatewayPage(IPage page, Uri address)
    {
        Page = page;
        _address = address;
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Console += (_, message) => Note(message);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).GetLeftPart(UriPartial.Authority) != address.GetLeftPart(UriPartial.Authority))
            {
                _faults.Enqueue($"a request to {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    public ILocator Rows => Page.Locator("#rows tr");

    public ILocator Search => Page.Locator("#search");

    public ILocator Detail => Page.Locator("#detail");

    public ILocator Dialog => Page.Locator("dialog");

    /// <summary>From here on the gateway may answer 4xx; the browser writes each into its console.</summary>
    public void ExpectRefusals() => _expectsRefusals = true;

    /// <summary>Loads a view, by what follows the gateway's address.</summary>
    public async Task GoToAsync(string view)
    {
        await Page.GotoAsync(new Uri(_address, view).ToString());
        await Assertions.Expect(Page.Locator("#app")).ToBeVisibleAsync();
    }

    /// <summary>A row of the list, by text in it.</summary>
    public ILocator Row(string text) => Rows.Filter(new LocatorFilterOptions { HasText = text });

    /// <summary>A filter above the list, by its value in the API.</summary>
    public ILocator State(string value) => Page.Locator($"input[name=state][value={value}]");

    /// <summary>A family of the group that is open.</summary>
    public ILocator Family(string name) => Page.Locator($"#families > [data-key={name}]");

    public ILocator Button(string name) =>
        Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public Task OpenTabAsync(string name) => Page.Locator("#tabs").GetByText(name).ClickAsync();

    /// <summary>Waits until the list has so many rows.</summary>
    public Task ShowsRowsAsync(int count) => Assertions.Expect(Rows).ToHaveCountAsync(count);

    /// <summary>Has the page refresh as when a reader comes back to it.</summary>
    public Task RefreshAsync() => Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");

    /// <summary>Presses a copy button and returns the clipboard's text.</summary>
    public async Task<string> CopyAsync(ILocator button)
    {
        await Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveClassAsync("copy done");
        return await Page.EvaluateAsync<string>("navigator.clipboard.readText()");
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        Assert.Empty(_faults);
    }

    private void Note(IConsoleMessage message)
    {
        bool isRefusal = message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal);
        if (message.Type is "error" or "warning" && !(isRefusal && _expectsRefusals))
        {
            _faults.Enqueue($"{message.Type}: {message.Text} {message.Location}");
        }
    }
}
