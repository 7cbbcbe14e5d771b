using System.Net.Security;
using System.Security.Authentication;
using PushGateway.WebConfig;
using PushGateway.WebConfig.Tls;
using Xunit;

namespace PushGateway.Tests.WebConfig;

public sealed class WebConfigDocumentTests
{
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
    private const string Tls = "tls_server_config:\n  cert_file: c\n  key_file: k\n";

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n")]
    [InlineData("http_server_config: {headers: {}}\nbasic_auth_users: {}\nrate_limit: {interval: 0}\n")]
    [InlineData("tls_server_config:\n  min_version: TLS13\n")]
    public void TryParse_NothingIsConfigured_IsAllDefaults(string text)
    {
        WebConfigDocument document = Parse(text);

        Assert.Null(document.Tls);
        Assert.True(document.Http2);
        Assert.Empty(document.Headers);
        Assert.Empty(document.Users);
        Assert.Null(document.RateLimit);
    }

    [Fact]
    public void TryParse_AllOfTls_IsRead()
    {
        TlsSettings tls = Parse("""
            tls_server_config:
              cert_file: server.crt
              key: |
                a key
              client_auth_type: VerifyClientCertIfGiven
              client_ca_file: ca.crt
              client_allowed_sans: [a.example, "10.0.0.1"]
              min_version: TLS12
              max_version: TLS12
              cipher_suites:
                - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
                - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
              prefer_server_cipher_suites: false
              curve_preferences: [X25519, CurveP256]
            """).Tls!;

        Assert.Equal(new PemSource("server.crt", ""), tls.Certificate);
        Assert.Equal(new PemSource("", "a key\n"), tls.Key);
        Assert.Equal(new PemSource("ca.crt", ""), tls.ClientCa);
        Assert.Equal(ClientAuthType.VerifyClientCertIfGiven, tls.ClientAuth);
        Assert.Equal(["a.example", "10.0.0.1"], tls.ClientAllowedSans!);
        Assert.Equal(SslProtocols.Tls12, tls.Protocols);
        Assert.Equal(["X25519", "CurveP256"], tls.Curves);
        Assert.Equal(
            [TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256],
            tls.CipherSuites!.Skip(3));
    }

    [Theory]
    [InlineData("NoClientCert", ClientAuthType.NoClientCert)]
    [InlineData("RequestClientCert", ClientAuthType.RequestClientCert)]
    [InlineData("RequireClientCert", ClientAuthType.RequireAnyClientCert)]
    [InlineData("RequireAnyClientCert", ClientAuthType.RequireAnyClientCert)]
    [InlineData("VerifyClientCertIfGiven", ClientAuthType.VerifyClientCertIfGiven)]
    [InlineData("RequireAndVerifyClientCert", ClientAuthType.RequireAndVerifyClientCert)]
    public void TryParse_ClientAuthType_IsThatOne(string text, object type) =>
        Assert.Equal(type, Parse($"{Tls}  client_auth_type: {text}\n").Tls!.ClientAuth);

    [Fact]
    public void TryParse_TheRest_IsRead()
    {
        WebConfigDocument document = Parse($"""
            http_server_config:
              http2: false
              headers:
                X-Frame-Options: deny
                Strict-Transport-Security: max-age=60
            basic_auth_users:
              bob: {Hash}
              "Zoë": {Hash.Replace("$2b", "$2y", StringComparison.Ordinal)}
            rate_limit:
              interval: 1.5s
              burst: 3
            """);

        Assert.False(document.Http2);
        Assert.Equal(["[X-Frame-Options, deny]", "[Strict-Transport-Security, max-age=60]"], document.Headers.Select(h => $"{h}"));
        Assert.Equal(["Zoë", "bob"], document.Users.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("1.5s 3", $"{document.RateLimit!.Interval} {document.RateLimit.Burst}");
    }

    [Theory]
    [InlineData("no_such: 1\n", "line 1: unknown key \"no_such\"")]
    [InlineData("\n\nhttp_server_config:\n  http3: true\n", "line 4: unknown key \"http3\" in http_server_config")]
    [InlineData("rate_limit:\n  per: 1s\n", "line 2: unknown key \"per\" in rate_limit")]
    [InlineData(Tls + "  certfile: x\n", "line 4: unknown key \"certfile\" in tls_server_config")]
    [InlineData("a: 1\nb: 2\n", "line 1: unknown key \"a\"; line 2: unknown key \"b\"")]
    [InlineData("plain", "line 1: the file has to hold keys and values")]
    [InlineData("- a\n", "line 1: the file has to hold keys and values")]
    [InlineData("{}\n---\n{}\n", "line 3: the file has a second YAML document")]
    [InlineData("basic_auth_users:\n  - bob\n", "line 2: basic_auth_users has to hold keys and values")]
    [InlineData("basic_auth_users:\n  bob: plain\n", "line 2: bob is not a bcrypt hash; it has to look like $2y$10$ and 53 more characters")]
    [InlineData("basic_auth_users:\n  bob: {a: b}\n", "line 2: bob has to be a text")]
    [InlineData("http_server_config:\n  http2: maybe\n", "line 2: http2 has to be true or false, not \"maybe\"")]
    [InlineData("http_server_config:\n  headers:\n    X-Frame-Options: DENY\n", "line 3: X-Frame-Options has to be deny or sameorigin, not \"DENY\"")]
    [InlineData("http_server_config:\n  headers:\n    X-XSS-Protection: \"a\\r\\nb: c\"\n", "line 3: X-XSS-Protection has characters that a header cannot have")]
    [InlineData("rate_limit:\n  interval: soon\n", "line 2: interval has to be a time such as 100ms, not \"soon\": time: invalid duration \"soon\"")]
    [InlineData("rate_limit:\n  interval: -1s\n", "line 2: interval has to be a time such as 100ms, not \"-1s\": it is negative")]
    [InlineData("rate_limit:\n  interval: 1s\n", "line 2: interval needs a burst of 1 or more, or no request would pass")]
    [InlineData("rate_limit:\n  interval: 1s\n  burst: 0\n", "line 3: burst needs a burst of 1 or more, or no request would pass")]
    [InlineData("tls_server_config:\n  cert_file: c\n", "line 2: cert_file needs a key or key_file")]
    [InlineData("tls_server_config:\n  key_file: c\n", "line 2: key_file needs a cert or cert_file")]
    [InlineData(Tls + "  client_auth_type: Bogus\n", "line 4: client_auth_type cannot be \"Bogus\"")]
    [InlineData(Tls + "  client_ca_file: x\n", "line 4: client_ca_file needs a client_auth_type that requests client certificates")]
    [InlineData(Tls + "  client_allowed_sans: [x]\n", "line 4: client_allowed_sans needs a client_auth_type that requests client certificates")]
    [InlineData(Tls + "  client_allowed_sans: x\n", "line 4: client_allowed_sans has to be a list of texts")]
    [InlineData(Tls + "  curve_preferences: [X25519, X448]\n", "line 4: curve_preferences names \"X448\", which is unknown")]
    [InlineData(Tls + "  min_version: TLS99\n", "line 4: min_version has to be TLS10, TLS11, TLS12, TLS13, not \"TLS99\"")]
    [InlineData(Tls + "  min_version: TLS13\n  max_version: TLS12\n", "line 4: min_version is above max_version")]
    [InlineData(Tls + "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", "line 4: cipher_suites names \"TLS_RSA_WITH_RC4_128_SHA\", which is unknown or not secure")]
    public void TryParse_Wrong_SaysWhatAndWhere(string text, string expected)
    {
        Assert.False(WebConfigDocument.TryParse(text, out _, out string? error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("a: b: c: [\n", "line 1: not YAML: ")]
    [InlineData("rate_limit:\nrate_limit:\n", "line 2: not YAML: ")]
    [InlineData("http_server_config:\n\thttp2: true\n", "line 1: not YAML: ")]
    [InlineData("a: *b\n", "line 1: not YAML: ")]
    public void TryParse_NotYaml_SaysWhere(string text, string expected)
    {
        Assert.False(WebConfigDocument.TryParse(text, out _, out string? error));
        Assert.StartsWith(expected, error);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void TryParse_NestedDeep_IsRefused(char opening)
    {
        Assert.False(WebConfigDocument.TryParse("a: " + new string(opening, 100_000), out _, out string? error));
        Assert.Equal("line 1: nested too deep", error);
    }

    [Fact]
    public void TryParse_Mutated_NeverThrows()
    {
        var random = new Random(20261126);
        string seed = Tls + "  client_allowed_sans: [a, &x b]\nhttp_server_config:\n  headers: {X-Frame-Options: deny}\n"
            + $"basic_auth_users:\n  bob: '{Hash}'\nrate_limit:\n  interval: 1s\n  burst: !!int 2\n";
        const string alphabet = "\n\t :-[]{}&*!|>'\"%@`#,?~a0\u0000\u00e4\ud83d<";
        for (int i = 0; i < 5000; i++)
        {
            char[] text = seed.ToCharArray();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                text[random.Next(text.Length)] = alphabet[random.Next(alphabet.Length)];
            }
            string mutated = new(text, 0, random.Next(text.Length) + 1);

            bool isGood = WebConfigDocument.TryParse(mutated, out WebConfigDocument? document, out string? error);

            Assert.Equal(isGood, document is not null);
            Assert.Equal(isGood, error is null);
        }
    }

    private static WebConfigDocument Parse(string text)
    {
        Assert.True(WebConfigDocument.TryParse(text, out WebConfigDocument? document, out string? error), error);
        return document;
    }
}
