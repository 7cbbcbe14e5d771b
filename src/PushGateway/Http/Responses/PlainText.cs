using System.Text;

namespace PushGateway.Http.Responses;

/// <summary>Answers in plain text.</summary>
internal static class PlainText
{
    private const string ContentType = "text/plain; charset=utf-8";

    /// <summary>An error: the message and a newline, not to be guessed at by browsers.</summary>
    public static Task WriteErrorAsync(this HttpResponse response, int status, string message)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        return response.WriteTextAsync(status, message + "\n");
    }

    /// <summary>503 for what will work again: the client is to come back in a second.</summary>
    public static Task WriteUnavailableAsync(this HttpResponse response, string reason)
    {
        response.Headers.RetryAfter = "1";
        return response.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, reason);
    }

    public static Task WriteTextAsync(this HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = ContentType;

        // Without it the answer would be chunked, or, to HTTP/1.0, the end of the connection.
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text);
    }
}
