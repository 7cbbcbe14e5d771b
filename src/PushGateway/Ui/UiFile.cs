using System.Security.Cryptography;

namespace PushGateway.Ui;

/// <summary>What a browser is sent, and the tag by which it asks whether it has that already.</summary>
internal sealed record UiFile(string ContentType, byte[] Content)
{
    private const int TagBytes = 12;

    public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, TagBytes))}\"";
}
