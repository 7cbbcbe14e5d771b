using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PushGateway.Tests.EndToEnd;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>The web config file is rewritten in place, in parts, while clients without credentials try to push.</summary>
public sealed class ConfigRewriteTests : GatewayTests
{
    private const int Rewrites = 100;

    /// <summary>"secret"</summary>
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

    private readonly WebConfigFolder _folder = new();
    private int _anonymous;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task WebConfigFile_RewrittenInPlaceUnderLoad_LetsNoStrangerIn()
    {
        _folder.WriteConfig(Config(0));
        GatewayProcess gateway = StoppedAtTheEnd(
            await GatewayProcess.StartByScriptAsync("exec \"$0\" \"$@\"", _folder.Flag));
        using var stop = new CancellationTokenSource();
        Task<HttpStatusCode[]>[] strangers =
            [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => TryAsync(gateway, stop.Token)))];

        for (int i = 1; i <= Rewrites; i++)
        {
            await RewriteAsync(gateway, Config(i), i);
        }

        await Deadline.UntilAsync(
            Deadline.Change,
            "the last user is let in",
            async _ => await PushAsync(gateway, $"user{Rewrites}") == HttpStatusCode.OK,
            () => gateway.Log);
        await stop.CancelAsync();
        HttpStatusCode[] statuses = [.. (await Task.WhenAll(strangers)).SelectMany(seen => seen).Distinct()];
        Assert.True(_anonymous > Rewrites, $"{_anonymous} tries");
        Assert.Equal([HttpStatusCode.Unauthorized], statuses);
    }

    /// <summary>
    /// Writes the file like an editor or a slow copy: it is empty, then truncated within or before its users. In some rewrites, each
    /// state lasts longer than the interval of the gateway's polls. Every other rewrite includes a reload.
    /// </summary>
    private async Task RewriteAsync(GatewayProcess gateway, string text, int number)
    {
        int[] ends = [0, text.IndexOf("basic_auth_users", StringComparison.Ordinal), text.Length - (number % 70) - 1];
        int pause = number % 20 == 0 ? 600 : 10 * (number % 7);
        foreach (int end in ends)
        {
            await File.WriteAllTextAsync(_folder.ConfigFile, text[..end], TestContext.Current.CancellationToken);
            if (number % 2 == 0)
            {
                gateway.Send(UnixSignal.HangUp);
            }
            await Task.Delay(pause, TestContext.Current.CancellationToken);
        }
        await File.WriteAllTextAsync(_folder.ConfigFile, text, TestContext.Current.CancellationToken);
    }

    private static string Config(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"http_server_config:\n  headers:\n    X-Frame-Options: deny\nbasic_auth_users:\n  user{number}: {Hash}\n  last: {Hash}\n");

    /// <summary>Pushes without credentials until cancelled. Returns the statuses.</summary>
    private async Task<HttpStatusCode[]> TryAsync(GatewayProcess gateway, CancellationToken stop)
    {
        HashSet<HttpStatusCode> seen = [];
        while (!stop.IsCancellationRequested)
        {
            seen.Add(await PushAsync(gateway, user: null));
            Interlocked.Increment(ref _anonymous);
        }
        return [.. seen];
    }

    private static async Task<HttpStatusCode> PushAsync(GatewayProcess gateway, string? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/metrics/job/a") { Content = new StringContent("x 1\n") };
        request.Headers.Authorization = user is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{user}:secret")));
        using HttpResponseMessage answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
