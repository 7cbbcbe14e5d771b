using Microsoft.Playwright;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(PushGateway.Tests.Browser.Chromium))]

namespace PushGateway.Tests.Browser;

/// <summary>Debian's Chromium, started for the first test that needs it. Each page has a context of its own.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>CI runs it as root. It may connect to the gateway only.</summary>
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens the page of a gateway. Skips the running test without Chromium.</summary>
    internal async Task<GatewayPage> OpenAsync(string address, BrowserNewContextOptions? options = null)
    {
        var page = new GatewayPage(await NewPageAsync(options), new Uri(address));
        await page.GoToAsync("");
        return page;
    }

    /// <summary>An empty page. The caller closes its context. Skips the running test without Chromium.</summary>
    internal async Task<IPage> NewPageAsync(BrowserNewContextOptions? options = null)
    {
        IBrowser browser = await StartedAsync(Tool.PathOrSkip("chromium", "chromium"));
        IBrowserContext context = await browser.NewContextAsync(options ?? new BrowserNewContextOptions());
        context.SetDefaultTimeout((float)Deadline.Change.TotalMilliseconds);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
        _gate.Dispose();
    }

    private async Task<IBrowser> StartedAsync(string path)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            Assertions.SetDefaultExpectTimeout((float)Deadline.Change.TotalMilliseconds);
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(
                new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Arguments });
        }
        finally
        {
            _gate.Release();
        }
    }
}
