using PushGateway.CommandLine;
using PushGateway.Logging;
using PushGateway.Tests.TestServer;
using PushGateway.WebConfig;
using Serilog;
using Serilog.Extensions.Logging;
using Xunit;

namespace PushGateway.Tests.WebConfig;

public sealed class WebConfigReloaderTests : IDisposable
{
    private const string Users = "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
    private const string Limit = "rate_limit:\n  interval: 1h\n  burst: 1\n";

    private readonly WebConfigFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly SerilogLoggerFactory _loggers;

    public WebConfigReloaderTests() => _loggers = new SerilogLoggerFactory(
        LoggingSetup.CreateLogger(new GatewayOptions(), new LoggerConfiguration().WriteTo.Sink(_log)));

    public void Dispose()
    {
        _loggers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TryLoad_NoFile_SaysSo()
    {
        Assert.False(WebConfigReloader.TryLoad(_folder.ConfigFile, new ManualTime(), Logger, out _, out string? error));
        Assert.StartsWith($"{_folder.ConfigFile}: Could not find file", error);
    }

    [Fact]
    public void TryLoad_CertificateFileIsMissing_NamesIt()
    {
        _folder.WriteTlsConfig();

        Assert.False(WebConfigReloader.TryLoad(_folder.ConfigFile, new ManualTime(), Logger, out _, out string? error));
        Assert.Contains(_folder.PathOf("server.crt"), error);
    }

    [Fact]
    public void TryLoad_KeyOfAnotherCertificate_IsRefused()
    {
        using var authority = TestAuthority.Create("servers");
        _folder.Write("server", authority.ServerCertificate());
        string key = File.ReadAllText(_folder.PathOf("server.key"));
        _folder.Write("server", authority.ServerCertificate());
        _folder.Write("server.key", key);
        _folder.WriteTlsConfig();

        Assert.False(WebConfigReloader.TryLoad(_folder.ConfigFile, new ManualTime(), Logger, out _, out string? error));
        Assert.StartsWith("certificate (server.crt) and key (server.key) cannot be used: ", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void TryLoad_ClientCaIsNone_IsRefused(string text)
    {
        using var authority = TestAuthority.Create("servers");
        _folder.Write("server", authority.ServerCertificate());
        _folder.Write("ca.crt", text);
        _folder.WriteTlsConfig("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n");

        Assert.False(WebConfigReloader.TryLoad(_folder.ConfigFile, new ManualTime(), Logger, out _, out string? error));
        Assert.StartsWith("client CA (ca.crt) cannot be used: ", error);
    }

    [Fact]
    public void Reload_FileHasChanged_CountsAtOnce()
    {
        WebConfigReloader live = Load(Limit);
        _folder.WriteConfig(Users);

        live.Reload();

        Assert.Null(live.Current.Tokens);
        Assert.NotNull(live.Current.Users);
    }

    [Fact]
    public void Reload_FileIsBad_IsToldEachTimeAndChangesNothing()
    {
        WebConfigReloader live = Load(Users);
        _folder.WriteConfig("nonsense: 1\n");

        live.Reload();
        live.Poll();
        live.Reload();

        Assert.NotNull(live.Current.Users);
        Assert.Equal(2, _log.OfLevel("error").Count);
    }

    [Fact]
    public void Look_FileHasChanged_CountsOnceTwoLooksAgree()
    {
        WebConfigReloader live = Load(Limit);

        // As it is while it is being written.
        _folder.WriteConfig("");
        live.Poll();
        _folder.WriteConfig(Users);
        live.Poll();
        Assert.Null(live.Current.Users);
        Assert.NotNull(live.Current.Tokens);

        live.Poll();
        Assert.NotNull(live.Current.Users);
        Assert.Null(live.Current.Tokens);
        Assert.EndsWith($"msg=\"web config file reloaded\" file={_folder.ConfigFile}", Assert.Single(Reloads("info")));
    }

    [Theory]
    [InlineData("no_such: 1\n", "line 1: unknown key")]
    [InlineData("a: [", "not YAML")]
    [InlineData("tls_server_config:\n  cert_file: none\n  key_file: none\n", "Could not find file")]
    public void Look_FileIsBad_KeepsTheOldOneAndSaysSoOnce(string text, string expected)
    {
        WebConfigReloader live = Load(Users);
        ActiveWebConfig before = live.Current;

        _folder.WriteConfig(text);
        Look(live, 5);

        Assert.Same(before, live.Current);
        Assert.Contains(expected, Assert.Single(Reloads("error")));

        _folder.WriteConfig(Users + Limit);
        Look(live, 2);
        Assert.NotNull(live.Current.Tokens);
    }

    [Fact]
    public void Look_FileIsGone_KeepsTheOldOneUntilItIsBack()
    {
        WebConfigReloader live = Load(Users);

        File.Delete(_folder.ConfigFile);
        Look(live, 5);
        Assert.NotNull(live.Current.Users);
        Assert.Single(Reloads("error"));

        _folder.WriteConfig(Users + Limit);
        Look(live, 2);
        Assert.NotNull(live.Current.Tokens);
    }

    [Fact]
    public void Look_FileIsWrittenAgainBetweenTwoLooks_HasNotSettled()
    {
        WebConfigReloader live = Load(Users);

        // Two different moments of being empty, or the same text written twice.
        _folder.WriteConfig(Users + Limit);
        live.Poll();
        File.SetLastWriteTimeUtc(_folder.ConfigFile, DateTime.UnixEpoch);
        live.Poll();
        Assert.Null(live.Current.Tokens);

        live.Poll();
        Assert.NotNull(live.Current.Tokens);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("# nothing\n", "the file is empty")]
    [InlineData(Limit, "basic_auth_users")]
    [InlineData(Limit + "basic_auth_users:\n", "basic_auth_users")]
    public void Reload_TakesAwayTheLastUser_IsRefused(string text, string expected)
    {
        WebConfigReloader live = Load(Users);
        ActiveWebConfig before = live.Current;

        _folder.WriteConfig(text);
        Look(live, 3);
        Assert.Same(before, live.Current);
        string line = Assert.Single(Reloads("error"));
        Assert.Contains(expected, line);
        Assert.Contains("a restart", line);

        live.Reload();
        Assert.Same(before, live.Current);
        Assert.Equal(2, Reloads("error").Length);
    }

    [Fact]
    public void Reload_FileIsEmpty_IsRefusedWithoutUsersToo()
    {
        WebConfigReloader live = Load(Limit);

        _folder.WriteConfig("");
        live.Reload();

        Assert.NotNull(live.Current.Tokens);
    }

    [Fact]
    public void Reload_FileIsCutOffAnywhere_LetsNobodyIn()
    {
        using var authority = TestAuthority.Create("clients");
        _folder.Write("server", authority.ServerCertificate());
        _folder.Write("ca.crt", File.ReadAllText(_folder.PathOf("server.crt")));
        string text = "tls_server_config:\n" + WebConfigFolder.ServerLines
            + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n"
            + "  client_allowed_sans:\n  - a.example\n" + Users;
        WebConfigReloader live = Load(text);

        for (int length = 0; length < text.Length - 1; length++)
        {
            _folder.WriteConfig(text[..length]);
            live.Reload();
            Look(live, 2);
            ActiveWebConfig config = live.Current;
            Assert.True(config.Users is not null, text[..length]);
            Assert.True(config.Tls is { VerifiesClients: true }, text[..length]);
        }
        Assert.Empty(Reloads("info"));
    }

    [Fact]
    public void Reload_TakesAwayTheClientCertificates_IsRefused()
    {
        using var authority = TestAuthority.Create("clients");
        _folder.Write("server", authority.ServerCertificate());
        _folder.Write("ca.crt", File.ReadAllText(_folder.PathOf("server.crt")));
        string start = $"tls_server_config:\n{WebConfigFolder.ServerLines}";
        const string Type = "  client_auth_type: RequireAndVerifyClientCert\n";
        const string Ca = "  client_ca_file: ca.crt\n";
        const string Names = "  client_allowed_sans: [a.example]\n";
        WebConfigReloader live = Load(start + Type + Ca + Names);
        ActiveWebConfig before = live.Current;

        foreach (string text in (string[])[start, start + Type, start + Type + Ca, start + Type + Names])
        {
            _folder.WriteConfig(text);
            live.Reload();
            Assert.Same(before, live.Current);
        }
        Assert.All(Reloads("error"), line => Assert.Contains("client_auth_type", line));
        Assert.Equal(4, Reloads("error").Length);
    }

    [Fact]
    public void Look_NothingHasChanged_KeepsWhatItHas()
    {
        WebConfigReloader live = Load(Users + Limit);
        ActiveWebConfig before = live.Current;

        _folder.WriteConfig(Users + Limit);
        Look(live, 3);

        Assert.Same(before, live.Current);
    }

    [Fact]
    public void Look_RateLimitIsTheSame_ItsTokensAreNotRefilled()
    {
        WebConfigReloader live = Load(Limit);
        Assert.True(live.Current.Tokens!.TryTake());

        _folder.WriteConfig(Limit + Users);
        Look(live, 2);

        Assert.NotNull(live.Current.Users);
        Assert.False(live.Current.Tokens!.TryTake());
    }

    [Fact]
    public void Look_TlsIsTurnedOn_IsRefused()
    {
        WebConfigReloader live = Load(Users);
        using var authority = TestAuthority.Create("servers");
        _folder.Write("server", authority.ServerCertificate());

        _folder.WriteTlsConfig();
        Look(live, 3);

        Assert.Null(live.Current.Tls);
        Assert.Contains("TLS cannot be turned on or off without a restart", Assert.Single(Reloads("error")));
    }

    [Fact]
    public void Look_CurvesHaveChanged_IsRefused()
    {
        using var authority = TestAuthority.Create("servers");
        _folder.Write("server", authority.ServerCertificate());
        WebConfigReloader live = Load($"tls_server_config:\n{WebConfigFolder.ServerLines}");
        ActiveWebConfig before = live.Current;

        _folder.WriteTlsConfig("  curve_preferences: [CurveP384]\n");
        Look(live, 3);

        Assert.Same(before, live.Current);
        Assert.Contains("curve_preferences cannot be changed without a restart", Assert.Single(Reloads("error")));
    }

    private Microsoft.Extensions.Logging.ILogger Logger => _loggers.CreateLogger<WebConfigReloader>();

    private static void Look(WebConfigReloader live, int times)
    {
        for (int i = 0; i < times; i++)
        {
            live.Poll();
        }
    }

    private string[] Reloads(string level) =>
        [.. _log.OfLevel(level).Where(line => line.Contains("web config", StringComparison.Ordinal))];

    private WebConfigReloader Load(string text)
    {
        _folder.WriteConfig(text);
        Assert.True(WebConfigReloader.TryLoad(
            _folder.ConfigFile, new ManualTime(), Logger, out WebConfigReloader? live, out string? error), error);
        return live;
    }
}
