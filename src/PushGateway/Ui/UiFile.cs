using System.Security.Cryptography;

namespace PushGateway.Ui;

/// <summary>What a browser is sent, and the tag by which it asks whether it has that already.</summary>
internal sealed record UiFile(string ContentType, byte[] Content)
{
    private const int TagBytes = 12;

    private string? _etag;

    /// <summary>Made when it is first asked for: a gateway without visitors does not load OpenSSL's 6 MB for it.</summary>
    public string ETag => _etag ??= $"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, TagBytes))}\"";
}
