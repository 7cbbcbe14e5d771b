using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using PushGateway.Access;
using PushGateway.Tests.Access;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.WebConfig;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>--access.config.file of the published binary, from outside.</summary>
public sealed class AccessTests : GatewayTests
{
    private const string Readers = "  readers:\n    permissions: [read]\n    anonymous: true\n";

    private readonly AccessFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The token is created as docs/access.md says.</summary>
    [Fact]
    public async Task Curl_WithTokenPasswordAndCertificate_DoesWhatTheRolesPermit()
    {
        Tool.PathOrSkip("curl", "curl");
        Tool.PathOrSkip("openssl", "openssl");
        using var servers = TestAuthority.Create("servers");
        using var clients = TestAuthority.Create("clients");
        _folder.Web.Write("server", servers.ServerCertificate());
        _folder.Web.Write("servers.crt", servers.Pem);
        _folder.Web.Write("clients.crt", clients.Pem);
        _folder.Web.Write("client", clients.ClientCertificate("c", names => names.AddDnsName("client.example")));
        _folder.Web.WriteTlsConfig(
            "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: clients.crt\n", AccessFolder.UserLines("ann"));
        string token = (await ShellAsync("openssl rand -hex 32")).Trim();
        string hash = (await ShellAsync("printf %s \"$TOKEN\" | sha256sum", ("TOKEN", token))).Split(' ')[0];
        _folder.Write(
            "roles:\n  nightly:\n    permissions: [push]\n    groups: '{job=~\"nightly-.*\"}'\n"
            + $"    tokens: [\"sha256:{hash}\"]\n    certificates: [client.example]\n"
            + "  readers:\n    permissions: [read]\n    users: [ann]\n");
        GatewayProcess gateway = StoppedAtTheEnd(GatewayProcess.StartWithoutWaiting(_folder.Web.Flag, _folder.Flag));
        await Deadline.UntilAsync(
            Deadline.Start,
            "the gateway listens",
            _ => Task.FromResult(gateway.Log.Contains("TLS is enabled.", StringComparison.Ordinal)),
            () => gateway.Log);

        string output = await ShellAsync(
            """
            ask() { curl -s --cacert servers.crt -w '%{http_code}\n' "$@"; }
            push() { echo 'x 1' | ask --data-binary @- "$@"; }
            push -H "Authorization: Bearer $TOKEN" $URL/metrics/job/nightly-a
            push --cert client.crt --key client.key --http1.1 $URL/metrics/job/nightly-b
            push --cert client.crt --key client.key $URL/metrics/job/daily
            push -u ann:secret $URL/metrics/job/nightly-c
            push $URL/metrics/job/nightly-d
            push -H "Authorization: Bearer $HASH" $URL/metrics/job/nightly-e
            ask -u ann:wrong $URL/metrics
            ask -u ann:secret $URL/metrics | grep ^x
            ask $URL/-/healthy
            """,
            ("URL", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{gateway.Port}")),
            ("TOKEN", token),
            ("HASH", hash));

        Assert.Equal(
            """
            200
            200
            Forbidden: certificate "client.example" does not have the permission "push" for the group {job="daily"}
            403
            Forbidden: user "ann" does not have the permission "push"
            403
            Unauthorized: this requires the permission "push", and no credentials were given
            401
            Unauthorized
            401
            Unauthorized
            401
            x{instance="",job="nightly-a"} 1
            x{instance="",job="nightly-b"} 1
            OK200

            """,
            output);
    }

    [Fact]
    public async Task Reload_UnderLoad_DropsNoRequestUntilTheTokenIsGone()
    {
        string pushers = $"  pushers:\n    permissions: [push]\n    tokens: ['{AccessFolder.HashOf("token")}']\n";
        string[] files =
        [
            $"roles:\n{pushers}",
            $"roles:\n{pushers}{Readers}",
            $"roles:\n{Readers.Replace("read", "delete", StringComparison.Ordinal)}{pushers}",
        ];
        _folder.Write(files[^1]);
        GatewayProcess gateway = await StartGatewayAsync(_folder.Flag);
        using var stop = new CancellationTokenSource();
        int served = 0;

        async Task LoadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway));
                Interlocked.Increment(ref served);
            }
        }
        Task[] load = [LoadAsync(), LoadAsync(), LoadAsync()];
        for (int i = 0; i < files.Length; i++)
        {
            _folder.Write(files[i]);
            int reloads = i + 1;
            await Deadline.UntilAsync(
                Deadline.Change,
                "the new file is in force",
                _ => Task.FromResult(gateway.Log.Split("access config file reloaded").Length > reloads || load.Any(task => task.IsFaulted)),
                () => gateway.Log);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.True(served > 20, $"{served} served");

        // A bad file takes nothing away, and gives nothing.
        _folder.Write("roles:\n  pushers:\n    permissions: [all]\n");
        await UntilLoggedAsync(gateway, "line 3: permissions has \\\"all\\\"", times: 1);
        Assert.Equal(HttpStatusCode.OK, await PushAsync(gateway));

        _folder.Write($"roles:\n{Readers}");
        await Deadline.UntilAsync(
            Deadline.Change,
            "the token is worth nothing any more",
            async _ => await PushAsync(gateway) == HttpStatusCode.Unauthorized,
            () => gateway.Log);
    }

    /// <summary>A poll reports a bad file once; a signal does so each time.</summary>
    [Fact]
    public async Task HangUp_AccessFileOnly_IsReadAtOnce()
    {
        _folder.Write($"roles:\n{Readers}");
        GatewayProcess gateway = await StartGatewayAsync(_folder.Flag);
        _folder.Write("roles:\n  readers:\n    permissions: [all]\n");
        await UntilLoggedAsync(gateway, "line 3: permissions has", times: 1);

        gateway.Send(UnixSignal.HangUp);

        await UntilLoggedAsync(gateway, "line 3: permissions has", times: 2);
    }

    /// <summary>The type and the group of anybody's metric are not for those who may only push.</summary>
    [Fact]
    public async Task Push_InconsistentWithAGroupOfOthers_DoesNotNameIt()
    {
        string mine = AccessFolder.HashOf("token");
        _folder.Write(
            $"roles:\n{Readers.Replace("read]", "read, push]", StringComparison.Ordinal)}"
            + $"  mine:\n    permissions: [push]\n    groups: '{{job=\"a\"}}'\n    tokens: ['{mine}']\n");
        GatewayProcess gateway = await StartGatewayAsync(_folder.Flag);
        await gateway.PushAsync("job/payroll", "# TYPE x counter\nx 1\n");
        Assert.Contains("clashes with {job=\"payroll\"}", await RejectionAsync(gateway, token: null), StringComparison.Ordinal);
        _folder.Write($"roles:\n  mine:\n    permissions: [push]\n    groups: '{{job=\"a\"}}'\n    tokens: ['{mine}']\n");
        await UntilLoggedAsync(gateway, "access config file reloaded", times: 1);

        string rejection = await RejectionAsync(gateway, "token");

        Assert.EndsWith("\nclashes with another group\n", rejection, StringComparison.Ordinal);
        Assert.DoesNotContain("payroll", rejection, StringComparison.Ordinal);
    }

    [Fact]
    public void AccessPage_ExampleFile_IsValid()
    {
        const string start = "```yaml\nhealth: open";
        string page = File.ReadAllText(Repository.PathOf("docs", "access.md"));
        int at = page.IndexOf(start, StringComparison.Ordinal) + "```yaml\n".Length;
        string example = page[at..page.IndexOf("```", at, StringComparison.Ordinal)];

        Assert.True(AccessDocument.TryParse(example, out AccessDocument? document, out string? error), error);
        Assert.Equal(["nightly", "prometheus", "operators", "everybody"], document.RoleBindings.Select(one => one.Role.Name));
    }

    private static async Task<HttpStatusCode> PushAsync(GatewayProcess gateway)
    {
        using HttpResponseMessage answer = await PushAsync(gateway, "x 1\n", "token");
        return answer.StatusCode;
    }

    /// <summary>The answer to a push of another type than other groups have.</summary>
    private static async Task<string> RejectionAsync(GatewayProcess gateway, string? token)
    {
        using HttpResponseMessage answer = await PushAsync(gateway, "# TYPE x gauge\nx 1\n", token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<HttpResponseMessage> PushAsync(GatewayProcess gateway, string text, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/metrics/job/a") { Content = new StringContent(text) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task UntilLoggedAsync(GatewayProcess gateway, string text, int times) => Deadline.UntilAsync(
        Deadline.Change,
        $"the log has {text}",
        _ => Task.FromResult(gateway.Log.Split(text).Length > times),
        () => gateway.Log);

    private async Task<string> ShellAsync(string script, params (string Name, string Value)[] variables)
    {
        ToolResult result = await ChildProcess.RunAsync(
            "/bin/sh", ["-euc", $"cd {_folder.Web.PathOf("")}\n{script}"], variables);
        return result.OutputOfSuccess();
    }
}
