using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Output;

namespace PushGateway.Http.Responses;

/// <summary>Answers of the JSON API.</summary>
internal static class JsonResponses
{
    /// <summary>So much is written at most before the client has to take some of it.</summary>
    public const int FlushBytes = SnapshotExposition.FlushBytes;

    private const string AllMethods = "GET, POST, DELETE, OPTIONS";
    private const string ReadingMethods = "GET, OPTIONS";

    public static void BeginJson(this HttpResponse response, int status = StatusCodes.Status200OK)
    {
        AllowOtherOrigins(response, AllMethods);
        response.StatusCode = status;
        response.ContentType = "application/json";
    }

    /// <param name="type">The kind of error, in Prometheus' words: <c>bad_data</c>, <c>not_found</c>.</param>
    public static async Task WriteJsonErrorAsync(this HttpResponse response, int status, string type, string message)
    {
        response.BeginJson(status);
        ErrorJson.Write(type, message, response.BodyWriter);
        await response.BodyWriter.FlushAsync();
    }

    public static Task WriteBadDataAsync(this HttpResponse response, string message) =>
        response.WriteJsonErrorAsync(StatusCodes.Status400BadRequest, "bad_data", message);

    public static Task AnswerOptions(HttpContext context)
    {
        AllowOtherOrigins(context.Response, AllMethods);
        return Task.CompletedTask;
    }

    /// <summary>Lets pages of other origins read, but not delete what their visitors can reach.</summary>
    public static Task AnswerReadingOptions(HttpContext context)
    {
        AllowOtherOrigins(context.Response, ReadingMethods);
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
