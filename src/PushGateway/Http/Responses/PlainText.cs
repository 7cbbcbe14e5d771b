using System.Text;

namespace PushGateway.Http.Responses;

/// <summary>Plain-text responses.</summary>
internal static class PlainText
{
    private const string ContentType = "text/plain; charset=utf-8";

    /// <summary>Writes an error: the message and a newline. Browsers must not guess its type.</summary>
    public static Task WriteErrorAsync(this HttpResponse response, int status, string message)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        return response.WriteTextAsync(status, message + "\n");
    }

    /// <summary>Writes a 503 that asks the client to retry in a second.</summary>
    public static Task WriteUnavailableAsync(this HttpResponse response, string reason)
    {
        response.Headers.RetryAfter = "1";
        return response.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, reason);
    }

    public static Task WriteTextAsync(this HttpResponse response, int status, string text)
    {
        if (status >= StatusCodes.Status400BadRequest)
        {
            response.HttpContext.RecordRejection(status, text);
        }
        response.StatusCode = status;
        response.ContentType = ContentType;

        // Without a length, the response would be chunked, or close an HTTP/1.0 connection.
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text);
    }
}
