using PushGateway.Http.Rejections;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>
/// Keeps the rejections and redirects of requests that would have changed something: pushes, deletions, and whatever else
/// is not GET, HEAD or OPTIONS. Those who send them, cron jobs above all, often throw the answer away.
/// </summary>
/// <remarks>It is the outermost, so that no rejection escapes it.</remarks>
internal sealed class RejectionMiddleware(RequestDelegate next, RecentRejections rejections, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context) =>
        CrossSiteMiddleware.IsReadOnly(context.Request.Method) ? next(context) : RecordAsync(context);

    private async Task RecordAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception)
        {
            Add(context, StatusCodes.Status500InternalServerError, "internal error; the log has the cause");
            throw;
        }
        HttpResponse response = context.Response;
        if (context.Features.Get<RejectionReason>() is { } reason)
        {
            Add(context, response.StatusCode, reason.Text);
        }
        else if (response.StatusCode >= StatusCodes.Status300MultipleChoices)
        {
            // Most clients do not follow the redirect of a push, or follow it without the body.
            Add(context, response.StatusCode, $"redirected to {response.Headers.Location}");
        }
    }

    private void Add(HttpContext context, int status, string reason) =>
        rejections.Add(Rejection.Of(context, status, reason, time.GetUnixNanoseconds()));
}
