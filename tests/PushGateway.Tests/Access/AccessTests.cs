using Microsoft.AspNetCore.Routing.Patterns;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;
using static PushGateway.Tests.Access.AccessFolder;

namespace PushGateway.Tests.Access;

/// <summary>--access.config.file of a gateway in this process.</summary>
public sealed class AccessTests : IDisposable
{
    private const string Readable = "roles:\n  everybody:\n    permissions: [read]\n    anonymous: true\n";

    private static readonly string Nightly =
        $$"""
        roles:
          nightly:
            permissions: [push, delete]
            groups: '{job="nightly"}'
            users: [bob]
            tokens: ['{{HashOf("night")}}']
          readers:
            permissions: [read]
            users: [bob, ann]
            tokens: ['{{HashOf("reader")}}']

        """;

    private readonly AccessFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_FileCannotBeUsed_Fails()
    {
        _folder.Write("roles:\n  a:\n    permissions: [write]\n");

        StartException exception = await Assert.ThrowsAsync<StartException>(() => RunningGateway.StartAsync(_folder.Flag));

        Assert.EndsWith(
            "access.yml: line 3: permissions has \"write\", which is none of push, delete, read, admin", exception.Message);
    }

    [Fact]
    public async Task Start_WithoutTheFile_HasNothingOfIt()
    {
        _folder.WriteUsers("bob");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Web.Flag);

        RawAnswer scrape = await gateway.SendAsync("GET", "/metrics", "", Basic("bob"));
        RawAnswer refused = await gateway.SendAsync("GET", "/-/healthy");

        Assert.DoesNotContain("requests_rejected", scrape.Body);
        Assert.Equal((401, "Unauthorized\n"), (refused.Status, refused.Body));
    }

    /// <summary>The key is what the push endpoint reads off the path, however it is spelled.</summary>
    [Theory]
    [InlineData("/metrics/job/nightly", 200)]
    [InlineData("/metrics/job/nightly/", 200)]
    [InlineData("/metrics/job/%6Eightly", 200)]
    [InlineData("/metrics/%6Aob/nightly", 200)]
    [InlineData("/metrics/job/nightly%2Finstance%2Fa", 200)]
    [InlineData("/metrics/job/nightly?job=daily", 200)]
    [InlineData("/metrics/job@base64/bmlnaHRseQ", 200)]
    [InlineData("/metrics/job@base64/bmlnaHRseQ==", 200)]
    [InlineData("/metrics/job%40base64/bmlnaHRseQ", 200)]
    [InlineData("/metrics/job/nightly/job/daily", 200)]
    [InlineData("/metrics/job/nightly/job@base64/ZGFpbHk", 200)]
    [InlineData("/metrics/job/daily", 403)]
    [InlineData("/metrics/job/daily/", 403)]
    [InlineData("/metrics/job/%64aily", 403)]
    [InlineData("/metrics/job@base64/ZGFpbHk", 403)]
    [InlineData("/metrics/job@base64/ZGFpbHk=", 403)]
    [InlineData("/metrics/job/daily/job/nightly", 403)]
    [InlineData("/metrics/job/daily/job@base64/bmlnaHRseQ", 403)]
    [InlineData("/metrics/job/daily%2Fjob%2Fnightly", 403)]
    [InlineData("/metrics/job/bmlnaHRseQ", 403)]
    [InlineData("/metrics/job/Nightly", 403)]
    [InlineData("/metrics/job/nightly%20", 403)]
    [InlineData("/metrics/job/nightly%0a", 403)]
    [InlineData("/metrics/job/nightly%ff", 403)]
    [InlineData("/metrics/job/nightly-2", 403)]
    [InlineData("/metrics/job@base64/bmlnaHRseQo", 403)]
    [InlineData("/metrics/job/n%C4%B1ghtly", 403)]
    [InlineData("//metrics/job/daily", 301)]
    [InlineData("/metrics//job/daily", 301)]
    [InlineData("/metrics/job/nightly/../daily", 301)]
    [InlineData("/metrics/job/nightly%2F..%2Fdaily", 301)]
    [InlineData("/metrics/job/./daily", 301)]
    [InlineData("/METRICS/job/daily", 307)]
    [InlineData("/metrics/JOB/daily", 307)]
    [InlineData("/metrics/job@BASE64/ZGFpbHk", 307)]
    [InlineData("/metrics/job/", 404)]
    [InlineData("/metrics/job@base64/%%%", 400)]
    [InlineData("/metrics/job@base64/a%2A", 400)]
    public async Task Push_PathIsSpelledOddly_ReachesTheGroupsOfTheRoleAlone(string path, int status)
    {
        await using RunningGateway gateway = await StartAsync(Nightly);

        RawAnswer put = await gateway.SendAsync("PUT", path, "x 1\n", Bearer("night"));
        RawAnswer post = await gateway.SendAsync("POST", path, "x 1\n", Bearer("night"));

        Assert.Equal((status, status), (put.Status, post.Status));
        IEnumerable<string> jobs = gateway.Snapshot.Groups.SelectMany(group => group.Key.Labels)
            .Where(label => label.Name.ToString() == "job").Select(label => label.Value.ToString()).Distinct();
        Assert.Equal(status == 200 ? ["nightly"] : [], jobs);

        int deleted = (await gateway.SendAsync("DELETE", path, "", Bearer("night"))).Status;
        Assert.Equal(status == 200 ? 202 : status, deleted);
    }

    [Theory]
    [InlineData("HEAD", "/metrics", 405)]
    [InlineData("HEAD", "/metrics/job/daily", 405)]
    [InlineData("put", "/metrics/job/daily", 405)]
    [InlineData("PATCH", "/metrics/job/daily", 405)]
    [InlineData("OPTIONS", "/metrics/job/daily", 200)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/Status", 403)]
    [InlineData("OPTIONS", "/api/v1/groups", 403)]
    public async Task Request_OfAnotherMethod_ChangesNothingAndIsToldToThoseWhoHaveARole(
        string method, string path, int status)
    {
        await using RunningGateway gateway = await StartAsync(Nightly);

        Assert.Equal(status, (await gateway.SendAsync(method, path, "", Bearer("night"))).Status);
        Assert.Equal(401, (await gateway.SendAsync(method, path)).Status);
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Push_OtherGroup_IsToldAndLeavesNoTrace()
    {
        await using RunningGateway gateway = await StartAsync(Nightly);

        // A body that cannot be parsed would record the time of a failed push.
        RawAnswer answer = await gateway.SendAsync("PUT", "/metrics/job/daily/a/b", "{{{\n", Basic("bob"));

        Assert.Equal(
            (403, "Forbidden: user \"bob\" does not have the permission \"push\" for the group {a=\"b\",job=\"daily\"}\n"),
            (answer.Status, answer.Body));
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Theory]
    [InlineData("", "this requires the permission \"push\", and no credentials were given")]
    [InlineData("Authorization: Bearer reader", "this token does not have the permission \"push\"")]
    public async Task Push_NotPermitted_IsTold(string header, string text)
    {
        await using RunningGateway gateway = await StartAsync(Nightly);

        RawAnswer answer = await gateway.SendAsync(
            "PUT", "/metrics/job/nightly", "x 1\n", header.Length > 0 ? [header] : []);

        Assert.Equal($"{(header.Length > 0 ? "Forbidden" : "Unauthorized")}: {text}\n", answer.Body);
        Assert.Equal(header.Length > 0 ? 403 : 401, answer.Status);
        Assert.Equal(
            header.Length > 0 ? [] : ["WWW-Authenticate: Basic", "WWW-Authenticate: Bearer"],
            answer.Headers.Where(one => one.StartsWith("WWW-", StringComparison.Ordinal)));
    }

    /// <summary>Anonymous clients may read; wrong credentials are rejected even so.</summary>
    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer night night")]
    [InlineData("Bearer HASH")]
    [InlineData("Bearer HEX")]
    [InlineData("Digest night")]
    [InlineData("night")]
    [InlineData("")]
    [InlineData("Basic Ym9iOndyb25n")]
    [InlineData("Basic d2hvOnNlY3JldA==")]
    [InlineData("Basic %%%")]
    [InlineData("Basic")]
    [InlineData("Basic bmlnaHQ=")]
    public async Task Request_WrongCredentials_Is401WhateverEverybodyMay(string credentials)
    {
        string header = "Authorization: " + credentials
            .Replace("HASH", HashOf("night"), StringComparison.Ordinal)
            .Replace("HEX", HashOf("night")["sha256:".Length..], StringComparison.Ordinal);
        await using RunningGateway gateway = await StartAsync(
            Nightly + "  everybody:\n    permissions: [read, push]\n    anonymous: true\n");

        foreach (string path in (string[])["/metrics", "/-/healthy", "/nothing", "//metrics"])
        {
            RawAnswer answer = await gateway.SendAsync("GET", path, "", header);
            Assert.Equal((401, "Unauthorized\n"), (answer.Status, answer.Body));
            Assert.Equal("Basic", answer.Header("WWW-Authenticate"));
        }
        Assert.Equal(401, (await gateway.SendAsync("PUT", "/metrics/job/a", "x 1\n", header)).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/metrics")).Status);
    }

    [Fact]
    public async Task Request_TwoCredentials_Is401()
    {
        await using RunningGateway gateway = await StartAsync(Nightly);

        Assert.Equal(401, (await gateway.SendAsync("GET", "/metrics", "", Basic("bob"), Bearer("reader"))).Status);
    }

    [Theory]
    [InlineData("", "", 200)]
    [InlineData("health: open\n", "", 200)]
    [InlineData("health: open\n", "night", 200)]
    [InlineData("health: closed\n", "", 401)]
    [InlineData("health: closed\n", "night", 403)]
    [InlineData("health: closed\n", "reader", 200)]
    public async Task HealthCheck_OpenOrClosed_IsForAllOrForReaders(string line, string token, int status)
    {
        await using RunningGateway gateway = await StartAsync(line + Nightly);
        string[] headers = token.Length > 0 ? [Bearer(token)] : [];

        Assert.Equal(status, (await gateway.SendAsync("GET", "/-/healthy", "", headers)).Status);
        Assert.Equal(status, (await gateway.SendAsync("GET", "/-/ready", "", headers)).Status);
    }

    [Fact]
    public async Task Request_NobodyHasARole_IsRefused()
    {
        _folder.Write("");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);

        RawAnswer answer = await gateway.SendAsync("GET", "/metrics");

        // There is no way to log in.
        Assert.Equal((403, "Forbidden: this requires the permission \"read\"\n"), (answer.Status, answer.Body));
        Assert.Equal(403, (await gateway.SendAsync("GET", "/nothing")).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", "/-/ready")).Status);
    }

    [Theory]
    [InlineData("{job=\"nightly\"}", "night", 403, "this token does not have the permission \"read\"")]
    [InlineData("{job=\"nightly\"}", "reader", 403, "this token does not have the permission \"delete\"")]
    [InlineData("{job=~\".+\"}", "bob", 403, "user \"bob\" does not have the permission \"delete\" for 2 of the selected groups")]
    [InlineData("{job=\"nightly\"}", "bob", 200, "")]
    [InlineData("{job=\"nobody\"}", "bob", 200, "")]
    public async Task DeleteSelection_GroupsOfOthersAmongThem_DeletesNone(string match, string who, int status, string text)
    {
        await using RunningGateway gateway = await StartAsync(
            Nightly + $"  all:\n    permissions: [push]\n    tokens: ['{HashOf("all")}']\n", "--web.enable-admin-api");
        foreach (string path in (string[])["nightly", "nightly/a/b", "daily", "daily/a/b"])
        {
            await gateway.SendAsync("PUT", $"/metrics/job/{path}", "x 1\n", Bearer("all"));
        }
        string header = who == "bob" ? Basic(who) : Bearer(who);
        string request = $"/api/v1/groups?match[]={Uri.EscapeDataString(match)}";

        RawAnswer dry = await gateway.SendAsync("DELETE", request + "&dry_run=true", "", header);
        RawAnswer answer = await gateway.SendAsync("DELETE", request, "", header);

        Assert.Equal((status, status), (dry.Status, answer.Status));
        Assert.Equal(status == 200 && match.Contains("nightly", StringComparison.Ordinal) ? 2 : 4, gateway.Snapshot.GroupCount);
        if (status != 200)
        {
            Assert.Equal(($"Forbidden: {text}\n", $"Forbidden: {text}\n"), (dry.Body, answer.Body));
        }
    }

    [Fact]
    public async Task Refusals_OfEachKind_AreCountedAndLoggedWithoutSecrets()
    {
        await using RunningGateway gateway = await StartAsync(Nightly, "--log.level=debug");
        await gateway.SendAsync("PUT", "/metrics/job/daily", "x 1\n", Bearer("night"));
        await gateway.SendAsync("PUT", "/metrics/job/daily", "x 1\n", Bearer("reader"));
        await gateway.SendAsync("PUT", "/metrics/job/daily", "x 1\n", Bearer("xyzzy"));
        await gateway.SendAsync("PUT", "/metrics/job/daily", "x 1\n", Basic("bob", "xyzzy"));
        await gateway.SendAsync("PUT", "/metrics/job/daily", "x 1\n");

        RawAnswer scrape = await gateway.SendAsync("GET", "/metrics", "", Bearer("reader"));

        Assert.Equal(
            [
                "pushgateway_requests_rejected_total{reason=\"missing_permission\"} 1",
                "pushgateway_requests_rejected_total{reason=\"no_credentials\"} 1",
                "pushgateway_requests_rejected_total{reason=\"other_group\"} 1",
                "pushgateway_requests_rejected_total{reason=\"wrong_credentials\"} 2",
            ],
            scrape.Body.Split('\n').Where(line => line.StartsWith("pushgateway_requests_rejected", StringComparison.Ordinal)));
        string[] lines = [.. gateway.Log.OfLevel("debug").Where(line => line.Contains("request denied", StringComparison.Ordinal))];
        Assert.Equal(5, lines.Length);
        Assert.Matches("method=PUT url=/metrics/job/daily logged_source=127.0.0.1:[0-9]+ err=\"this token does not", lines[0]);
        foreach (string secret in (string[])["night ", "\"night\"", "xyzzy", "sha256", "eHl6enk"])
        {
            Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Request_OnAnOpenConnection_IsHeldToTheNewRoles()
    {
        _folder.Write(Readable);
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        using RawConnection connection = await gateway.ConnectAsync();
        Assert.Equal(200, await StatusAsync(connection));

        _folder.Write(Readable.Replace("read", "push", StringComparison.Ordinal));

        await Deadline.UntilAsync(
            Deadline.Change, "the new file is in force", async _ => await StatusAsync(connection) == 403);
    }

    [Theory]
    [InlineData("/gateway")]
    [InlineData("")]
    public async Task Request_BelowAPrefix_IsHeldToTheSame(string prefix)
    {
        await using RunningGateway gateway = await StartAsync(Nightly, $"--web.route-prefix={prefix}", "--web.telemetry-path=/scrape");

        Assert.Equal(200, (await gateway.SendAsync("PUT", $"{prefix}/metrics/job/nightly", "x 1\n", Bearer("night"))).Status);
        Assert.Equal(403, (await gateway.SendAsync("PUT", $"{prefix}/metrics/job/daily", "x 1\n", Bearer("night"))).Status);
        Assert.Equal(403, (await gateway.SendAsync("GET", $"{prefix}/scrape", "", Bearer("night"))).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", $"{prefix}/scrape", "", Bearer("reader"))).Status);
        Assert.Equal(403, (await gateway.SendAsync("GET", "/-/quit", "", Bearer("reader"))).Status);
        Assert.Equal(200, (await gateway.SendAsync("GET", $"{prefix}/-/healthy")).Status);
    }

    /// <summary>Clients that may only push must not see the types and groups of other metrics.</summary>
    [Theory]
    [InlineData("mine", "clashes with another group")]
    [InlineData("reader", "clashes with {job=\"payroll\"}")]
    [InlineData("both", "clashes with {job=\"payroll\"}")]
    public async Task Push_Inconsistent_NamesOnlyGroupsThatTheSenderMaySee(string token, string hint)
    {
        _folder.Write(
            $$"""
            roles:
              mine: { permissions: [push], groups: '{job="mine"}', tokens: ['{{HashOf("mine")}}', '{{HashOf("reader")}}'] }
              readers: { permissions: [read], tokens: ['{{HashOf("reader")}}'] }
              both: { permissions: [push], groups: '{job=~"mine|payroll"}', tokens: ['{{HashOf("both")}}'] }
            """);
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        await gateway.SendAsync("PUT", "/metrics/job/payroll", "# TYPE salary_total counter\nsalary_total 1\n", Bearer("both"));

        RawAnswer answer = await gateway.SendAsync(
            "PUT", "/metrics/job/mine", "# TYPE salary_total gauge\nsalary_total 1\n", Bearer(token));

        Assert.Equal(400, answer.Status);
        Assert.EndsWith($"\n{hint}\n", answer.Body);
    }

    [Fact]
    public async Task InvokeAsync_EndpointRequiresNothing_ServesNobody()
    {
        _folder.Write("roles:\n  all:\n    permissions: [push, delete, read, admin]\n    anonymous: true\n");
        await using RunningGateway gateway = await RunningGateway.StartAsync(_folder.Flag);
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() }, RequestServices = gateway.Services };
        context.Features.Set(new Principal("root", gateway.Access.Current.AnonymousRoles));
        context.SetEndpoint(new RouteEndpoint(
            _ => Task.CompletedTask, RoutePatternFactory.Parse("/new"), 0, EndpointMetadataCollection.Empty, "new"));
        bool isServed = false;
        var permitted = new AuthorizationMiddleware(
            _ =>
            {
                isServed = true;
                return Task.CompletedTask;
            },
            gateway.Access,
            gateway.AccessRefusals);

        await permitted.InvokeAsync(context);

        Assert.False(isServed);
        Assert.Equal(403, context.Response.StatusCode);
    }

    private static async Task<int> StatusAsync(RawConnection connection)
    {
        await connection.SendAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        return (await connection.ReadAnswerAsync(hasBody: true))!.Status;
    }

    private Task<RunningGateway> StartAsync(string text, params string[] flags)
    {
        _folder.WriteUsers("bob", "ann");
        _folder.Write(text);
        return RunningGateway.StartAsync([_folder.Web.Flag, _folder.Flag, .. flags]);
    }
}
