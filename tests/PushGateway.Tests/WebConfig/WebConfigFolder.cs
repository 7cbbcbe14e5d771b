using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PushGateway.Tests.WebConfig;

/// <summary>A temporary folder with a web config file, <c>web.yml</c>, and what it names.</summary>
internal sealed class WebConfigFolder : IDisposable
{
    public const string ServerLines = "  cert_file: server.crt\n  key_file: server.key\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-web-");

    public string ConfigFile => PathOf("web.yml");

    public string Flag => $"--web.config.file={ConfigFile}";

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

    /// <summary>Writes <c>NAME.crt</c> and <c>NAME.key</c>.</summary>
    public void Write(string name, X509Certificate2 certificate, string chain = "")
    {
        Write($"{name}.crt", certificate.ExportCertificatePem() + "\n" + chain);
        using AsymmetricAlgorithm key =
            (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey()!;
        Write($"{name}.key", key.ExportPkcs8PrivateKeyPem());
    }

    public void WriteConfig(string text) => Write("web.yml", text);

    /// <summary>With certificate and key, and further lines below <c>tls_server_config</c>, indented.</summary>
    public void WriteTlsConfig(string lines = "", string rest = "") =>
        WriteConfig($"tls_server_config:\n{ServerLines}{lines}{rest}");

    public void Dispose() => _folder.Delete(recursive: true);
}
