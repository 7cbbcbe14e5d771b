using System.Text;

namespace PushGateway.Access;

/// <summary>What the access file holds at one time.</summary>
/// <param name="Document">Null if there is an error.</param>
/// <param name="Error">Why it cannot be used.</param>
internal sealed record AccessFile(byte[] Content, AccessDocument? Document, string? Error)
{
    /// <param name="last">What was read before, if it was: what has not changed is not parsed again.</param>
    public static AccessFile Read(string path, AccessFile? last)
    {
        try
        {
            byte[] content = File.ReadAllBytes(path);
            if (last?.Document is not null && content.AsSpan().SequenceEqual(last.Content))
            {
                return last;
            }
            string text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
            return AccessDocument.TryParse(text, out AccessDocument? document, out string? error)
                ? new AccessFile(content, document, null)
                : new AccessFile(content, null, $"{path}: {error}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new AccessFile([], null, $"{path}: {exception.Message}");
        }
    }

    public bool IsSameAs(AccessFile other) => Error == other.Error && Content.AsSpan().SequenceEqual(other.Content);
}
