using System.Globalization;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Browser;

/// <summary>How long the page takes with 10,000 groups of 100 series in 100 jobs, and what it loads. Prints a table.</summary>
public sealed class PageTimingTests(Chromium chromium) : BrowserTests(chromium)
{
    private const int Groups = 10_000;
    private const int Loads = 5;

    /// <summary>Upper bound of one view with all files of the page.</summary>
    private const double MaxBytes = 100_000;

    private const string SentBytes = "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)";

    /// <summary>Milliseconds from the start of the load to the first row, as a promise.</summary>
    private const string NoteWhenShown =
        """
        window.shown = new Promise(done => new MutationObserver((_, observer) => {
          if (document.querySelector('ROW')) {
            observer.disconnect();
            done(performance.now());
          }
        }).observe(document, { childList: true, subtree: true }));
        """;

    private const string OpenFirstJob =
        """
        () => new Promise(done => {
          const start = performance.now();
          new MutationObserver((_, observer) => {
            if (document.querySelector('.children li')) {
              observer.disconnect();
              done(performance.now() - start);
            }
          }).observe(document.body, { childList: true, subtree: true });
          document.querySelector('.disclosure').click();
        })
        """;

    [Fact]
    public async Task Views_With1000000Series_LoadOnePage()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string body = string.Concat(Enumerable.Range(0, 98).Select(i => $"some_metric{{series=\"{i}\"}} {i}\n"));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Groups),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) => await PushAsync(
                gateway, string.Create(CultureInfo.InvariantCulture, $"/metrics/job/job_{i % 100}/instance/host-{i}"), body));

        foreach ((string view, string row) in ((string, string)[])[
            ("/", "#rows tr"), ("/?sort=-series", "#rows tr"), ("/?q=host-4242", "#rows tr"), ("/?tab=jobs", "#jobs-rows tr"),
            ("/?tab=jobs&open=job_7", ".children li"), ("/?tab=overview", "#top-jobs tbody tr")])
        {
            var times = new List<double>();
            double bytes = 0;
            for (int load = 0; load < Loads; load++)
            {
                // A page of its own, so that nothing is cached.
                GatewayPage page = await EmptyPageAsync(gateway);
                await page.Page.AddInitScriptAsync(NoteWhenShown.Replace("ROW", row, StringComparison.Ordinal));
                await page.GoToAsync(view);
                times.Add(await page.Page.EvaluateAsync<double>("shown"));
                bytes = await page.Page.EvaluateAsync<double>(SentBytes);
                if (view == "/?tab=jobs")
                {
                    Print("a job is opened", await page.Page.EvaluateAsync<double>(OpenFirstJob));
                }
                await page.Page.CloseAsync();
            }
            Print(view, [.. times, bytes]);
            Assert.InRange(bytes, 1, MaxBytes);
        }
    }

    /// <summary>Writes milliseconds, and bytes at the end if they are measured.</summary>
    private static void Print(string view, params IEnumerable<double> numbers) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"{view}: {string.Join(" | ", numbers.Select(number => number.ToString("N0", CultureInfo.InvariantCulture)))}");
}
