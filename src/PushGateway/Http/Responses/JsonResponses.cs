using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Output;

namespace PushGateway.Http.Responses;

/// <summary>Responses of the JSON API.</summary>
internal static class JsonResponses
{
    /// <summary>The size at which a streamed response is flushed, which bounds its memory if the client is slow.</summary>
    public const int FlushBytes = SnapshotExposition.FlushBytes;

    private const string AllMethods = "GET, POST, DELETE, OPTIONS";
    private const string ReadOnlyMethods = "GET, OPTIONS";

    public static void BeginJson(this HttpResponse response, int status = StatusCodes.Status200OK)
    {
        AllowOtherOrigins(response, AllMethods);
        response.StatusCode = status;
        response.ContentType = "application/json";
    }

    public static async Task WriteDataAsync<T>(this HttpResponse response, T data, JsonTypeInfo<ApiResponse<T>> type)
    {
        response.BeginJson();
        PipeWriter body = JsonBody.For(response.HttpContext, response.BodyWriter);
        await JsonSerializer.SerializeAsync(body, new ApiResponse<T>("success", data), type);
        await body.EndAsync(CancellationToken.None);
    }

    /// <summary>Flushes a streamed response when its buffer is large.</summary>
    public static ValueTask<FlushResult> FlushIfNeededAsync(this PipeWriter output, CancellationToken cancellation) =>
        output.UnflushedBytes >= FlushBytes ? output.FlushAsync(cancellation) : default;

    /// <param name="type">The kind of error, as in Prometheus' API: <c>bad_data</c>, <c>not_found</c>.</param>
    public static Task WriteJsonErrorAsync(this HttpResponse response, int status, string type, string message)
    {
        response.HttpContext.RecordRejection(status, message);

        // Go's escapes. The serializer would write each quote as \u0022, and errors contain many quotes.
        response.BeginJson(status);
        ErrorJson.Write(type, message, response.BodyWriter);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    public static Task WriteBadDataAsync(this HttpResponse response, string message) =>
        response.WriteJsonErrorAsync(StatusCodes.Status400BadRequest, "bad_data", message);

    public static Task WriteOptions(HttpContext context)
    {
        AllowOtherOrigins(context.Response, AllMethods);
        return Task.CompletedTask;
    }

    /// <summary>Allows pages of other origins to read, but not to delete.</summary>
    public static Task WriteReadOnlyOptions(HttpContext context)
    {
        AllowOtherOrigins(context.Response, ReadOnlyMethods);
        return Task.CompletedTask;
    }

    /// <summary>Pages of any origin may read the API.</summary>
    private static void AllowOtherOrigins(HttpResponse response, string methods)
    {
        IHeaderDictionary headers = response.Headers;
        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Date";
        headers.CacheControl = "no-cache, no-store, must-revalidate";
    }
}
