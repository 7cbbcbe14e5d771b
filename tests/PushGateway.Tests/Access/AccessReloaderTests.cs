using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Logging;
using PushGateway.Tests.TestServer;
using PushGateway.Tests.WebConfig;
using PushGateway.WebConfig;
using Serilog;
using Serilog.Extensions.Logging;
using Xunit;

namespace PushGateway.Tests.Access;

public sealed class AccessReloaderTests : IDisposable
{
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private const string Readers = "roles:\n  readers:\n    permissions: [read]\n    anonymous: true\n";
    private const string Bob = "roles:\n  bobs:\n    permissions: [push]\n    users: [bob]\n";

    private readonly WebConfigFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly SerilogLoggerFactory _loggers;

    public AccessReloaderTests() => _loggers = new SerilogLoggerFactory(
        LoggingSetup.CreateLogger(new GatewayOptions(), new LoggerConfiguration().WriteTo.Sink(_log)));

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TryLoad_NoFile_SaysSo()
    {
        Assert.False(TryLoad(null, out _, out string? error));
        Assert.StartsWith($"{_folder.PathOf("access.yml")}: Could not find file", error);
    }

    [Fact]
    public void Reload_FileHasChanged_CountsAtOnce()
    {
        Write(Readers);
        Assert.True(TryLoad(null, out AccessReloader? live, out _));
        AccessRules before = live!.Current;

        Write(Readers + "  pushers:\n    permissions: [push]\n    anonymous: true\n");
        live.Reload();

        Assert.NotSame(before, live.Current);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("basic_auth_users:\n  Bob: " + Hash + "\n")]
    public void TryLoad_UserIsNotInTheWebConfig_NamesUserAndLine(string? webConfig)
    {
        Write(Bob);

        Assert.False(TryLoad(webConfig is null ? null : LoadWebConfig(webConfig), out _, out string? error));
        Assert.Equal(
            $"{_folder.PathOf("access.yml")}: line 4: users has \"bob\", who is not in basic_auth_users of --web.config.file", error);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("NoClientCert", false)]
    [InlineData("RequestClientCert", false)]
    [InlineData("RequireAnyClientCert", false)]
    [InlineData("VerifyClientCertIfGiven", true)]
    [InlineData("RequireAndVerifyClientCert", true)]
    public void TryLoad_Certificates_NeedThatTheyAreVerified(string type, bool isGood)
    {
        using var authority = TestAuthority.Create("all");
        _folder.Write("server", authority.ServerCertificate());
        WebConfigReloader web = LoadWebConfig(type.Length == 0
            ? "# plain\n"
            : $"tls_server_config:\n{WebConfigFolder.ServerLines}  client_auth_type: {type}\n");
        Write("roles:\n  r:\n    permissions: [push]\n    certificates: [c]\n");

        Assert.Equal(isGood, TryLoad(web, out _, out string? error));
        Assert.Equal(isGood, error is null);
        Assert.True(isGood || error!.Contains("line 4: certificates needs VerifyClientCertIfGiven or", StringComparison.Ordinal));
    }

    [Fact]
    public void Look_FileHasChanged_CountsOnceTwoLooksAgree()
    {
        AccessReloader live = Load(Readers, null);

        Write("health: closed\n");
        live.Poll();
        Assert.True(live.Current.IsHealthOpen);
        Write(Readers + "health: closed\n");
        live.Poll();
        Assert.True(live.Current.IsHealthOpen);

        live.Poll();
        Assert.False(live.Current.IsHealthOpen);
        Assert.EndsWith($"msg=\"access config file reloaded\" file={_folder.PathOf("access.yml")}", Assert.Single(Lines("info")));
    }

    [Theory]
    [InlineData("no_such: 1\n", "line 1: unknown key")]
    [InlineData("a: [", "not YAML")]
    [InlineData(Bob, "line 4: users has")]
    public void Look_FileIsBad_KeepsTheOldOneAndSaysSoOnce(string text, string expected)
    {
        AccessReloader live = Load(Readers, null);
        AccessRules before = live.Current;

        Write(text);
        Look(live, 5);

        Assert.Same(before, live.Current);
        Assert.Contains(expected, Assert.Single(Lines("error")));
        Write("health: closed\n");
        Look(live, 2);
        Assert.False(live.Current.IsHealthOpen);
    }

    [Fact]
    public void Look_FileIsGone_KeepsTheOldOneUntilItIsBack()
    {
        AccessReloader live = Load(Readers, null);

        File.Delete(_folder.PathOf("access.yml"));
        Look(live, 5);
        Assert.NotEmpty(live.Current.AnonymousRoles);
        Assert.Single(Lines("error"));

        Write("health: closed\n");
        Look(live, 2);
        Assert.Empty(live.Current.AnonymousRoles);
    }

    [Fact]
    public void Look_NothingHasChanged_KeepsWhatItHas()
    {
        AccessReloader live = Load(Readers, LoadWebConfig("# all\n"));
        AccessRules before = live.Current;

        Write(Readers);
        Look(live, 3);

        Assert.Same(before, live.Current);
    }

    /// <summary>Both files change at the same time, and this one is read first.</summary>
    [Fact]
    public void Look_UserComesLater_IsTakenThen()
    {
        WebConfigReloader web = LoadWebConfig("# all\n");
        AccessReloader live = Load(Readers, web);
        Write(Bob);
        Look(live, 3);
        Assert.Empty(live.Current.RolesOfUser("bob"));

        _folder.WriteConfig($"basic_auth_users:\n  bob: {Hash}\n");
        web.Poll();
        web.Poll();
        live.Poll();

        Assert.Single(live.Current.RolesOfUser("bob"));
        Assert.Empty(live.Current.AnonymousRoles);
    }

    [Fact]
    public void Look_UserGoes_IsToldAndChangesNothingHere()
    {
        WebConfigReloader web = LoadWebConfig($"basic_auth_users:\n  bob: {Hash}\n");
        AccessReloader live = Load(Bob, web);

        _folder.WriteConfig($"basic_auth_users:\n  ann: {Hash}\n");
        web.Poll();
        web.Poll();
        Look(live, 3);

        Assert.Single(live.Current.RolesOfUser("bob"));
        Assert.Contains("line 4: users has \\\"bob\\\"", Assert.Single(Lines("error")));
    }

    private static void Look(AccessReloader live, int times)
    {
        for (int i = 0; i < times; i++)
        {
            live.Poll();
        }
    }

    private void Write(string text) => _folder.Write("access.yml", text);

    private string[] Lines(string level) =>
        [.. _log.OfLevel(level).Where(line => line.Contains("access config", StringComparison.Ordinal))];

    private bool TryLoad(WebConfigReloader? web, out AccessReloader? live, out string? error) =>
        AccessReloader.TryLoad(_folder.PathOf("access.yml"), web, _loggers.CreateLogger<AccessReloader>(), out live, out error);

    private AccessReloader Load(string text, WebConfigReloader? web)
    {
        Write(text);
        Assert.True(TryLoad(web, out AccessReloader? live, out string? error), error);
        return live!;
    }

    private WebConfigReloader LoadWebConfig(string text)
    {
        _folder.WriteConfig(text);
        Assert.True(WebConfigReloader.TryLoad(
            _folder.ConfigFile,
            new ManualTime(),
            _loggers.CreateLogger<WebConfigReloader>(),
            out WebConfigReloader? live,
            out string? error), error);
        return live;
    }
}
