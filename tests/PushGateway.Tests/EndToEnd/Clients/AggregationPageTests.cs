using System.Text.RegularExpressions;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>The unchanged examples of docs/aggregation.md.</summary>
public sealed partial class AggregationPageTests : GatewayTests
{
    private const string AddressOnThePage = "http://localhost:9091";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-page-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Python_Twice_AddsUp()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string script = Path.Combine(_folder.FullName, "push.py");
        await File.WriteAllTextAsync(script, ExampleIn("python", 0, gateway), TestContext.Current.CancellationToken);

        await ClientPrograms.RunPythonAsync(script);
        await ClientPrograms.RunPythonAsync(script);

        Assert.Equal("6", (await gateway.GroupAsync()).ValueOf("orders_total"));
    }

    [Fact]
    public async Task Php_Requests_AddUp()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string script = Path.Combine(_folder.FullName, "request.php");
        await File.WriteAllTextAsync(script, ExampleIn("php", 0, gateway), TestContext.Current.CancellationToken);

        Assert.Equal("", await ClientPrograms.RunPhpAsync(script));
        Assert.Equal("", await ClientPrograms.RunPhpAsync(script));

        StoredGroup group = await gateway.GroupAsync();
        Assert.Equal("job=shop", group.LabelText());
        Assert.Equal("2", group.ValueOf("requests_total"));
        Assert.Contains("\nrequest_seconds_count{instance=\"\",job=\"shop\"} 2\n", await gateway.ScrapeAsync(), StringComparison.Ordinal);
    }

    /// <summary>The first answer is lost; the second try has the same key.</summary>
    [Fact]
    public async Task Php_AnswerIsLost_CountsOnce()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using var lossy = new AnswerlessProxy(gateway.Port);
        string script = Path.Combine(_folder.FullName, "request.php");
        string example = Examples("php")[0].Replace(AddressOnThePage, lossy.Address, StringComparison.Ordinal);
        await File.WriteAllTextAsync(script, example, TestContext.Current.CancellationToken);

        await ClientPrograms.RunPhpAsync(script);

        Assert.Equal(3, lossy.Requests);
        Assert.Equal("1", (await gateway.GroupAsync()).ValueOf("requests_total"));
        Assert.Contains("\npushgateway_repeated_pushes_total 2\n", await gateway.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_First_IsTheSumThatThePageSays()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync(ExampleIn("sh", 0, gateway));

        Assert.Equal("7", (await gateway.GroupAsync()).ValueOf("orders_total"));
    }

    [Fact]
    public async Task Shell_SentAgain_CountsOnce()
    {
        GatewayProcess gateway = await StartGatewayAsync();

        await gateway.ShellAsync(ExampleIn("sh", 1, gateway));
        await gateway.ShellAsync(ExampleIn("sh", 1, gateway));

        Assert.Equal("3", (await gateway.GroupAsync()).ValueOf("orders_total"));
    }

    [Fact]
    public async Task Rule_OfThePage_Adds()
    {
        string file = Path.Combine(_folder.FullName, "lifecycle.yml");
        await File.WriteAllTextAsync(file, Examples("yaml")[0], TestContext.Current.CancellationToken);
        GatewayProcess gateway = await StartGatewayAsync($"--lifecycle.config.file={file}");

        string push = ExampleIn("sh", 0, gateway).Replace("-H 'Pushgateway-Merge: sum'", "", StringComparison.Ordinal);

        await gateway.ShellAsync(push);

        Assert.Equal("7", (await gateway.GroupAsync()).ValueOf("orders_total"));
    }

    private static string ExampleIn(string language, int number, GatewayProcess gateway) =>
        Examples(language)[number].Replace(AddressOnThePage, gateway.Address, StringComparison.Ordinal);

    private static string[] Examples(string language) =>
    [
        .. Example().Matches(File.ReadAllText(Repository.PathOf("docs", "aggregation.md")))
            .Where(match => match.Groups["language"].Value == language)
            .Select(match => match.Groups["text"].Value),
    ];

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
