using System.Text;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>What the web config file and the files that it names hold at one time.</summary>
internal sealed class WebConfigFiles
{
    private readonly string _path;
    private readonly byte[] _content;
    private readonly byte[][] _pem;

    private WebConfigFiles(string path, byte[] content, WebConfigDocument? document, string? error, byte[][] pem)
    {
        _path = path;
        _content = content;
        Document = document;
        Error = error;
        _pem = pem;
    }

    /// <summary>Null if there is an <see cref="Error"/>.</summary>
    public WebConfigDocument? Document { get; }

    /// <summary>Why they cannot be used.</summary>
    public string? Error { get; }

    public string CertificatePem => TextOf(_pem[0]);

    public string KeyPem => TextOf(_pem[1]);

    public string ClientCaPem => TextOf(_pem[2]);

    /// <param name="last">What was read before, if it was: what has not changed is not parsed again.</param>
    public static WebConfigFiles Read(string path, WebConfigFiles? last)
    {
        WebConfigDocument? document;
        byte[] content = [];
        try
        {
            content = File.ReadAllBytes(path);
            if (last?.Document is { } parsed && content.AsSpan().SequenceEqual(last._content))
            {
                document = parsed;
            }
            else if (!WebConfigDocument.TryParse(TextOf(content), out document, out string? error))
            {
                return new WebConfigFiles(path, content, null, $"{path}: {error}", []);
            }
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            byte[][] pem = document.Tls is { } tls
                ? [ReadPem(tls.Certificate, folder), ReadPem(tls.Key, folder), ReadPem(tls.ClientCa, folder)]
                : [];
            return new WebConfigFiles(path, content, document, null, pem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new WebConfigFiles(path, content, null, $"{path}: {exception.Message}", []);
        }
    }

    /// <summary>Whether the other was read from files that hold the same.</summary>
    public bool IsSameAs(WebConfigFiles other) =>
        _path == other._path && Error == other.Error && _content.AsSpan().SequenceEqual(other._content)
        && _pem.Length == other._pem.Length && _pem.Zip(other._pem, (one, two) => one.AsSpan().SequenceEqual(two)).All(same => same);

    private static string TextOf(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');

    private static byte[] ReadPem(PemSource source, string folder) =>
        source.File.Length > 0 ? File.ReadAllBytes(Path.Combine(folder, source.File)) : Encoding.UTF8.GetBytes(source.Text);
}
