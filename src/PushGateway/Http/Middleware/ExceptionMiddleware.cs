using Microsoft.AspNetCore.Connections;
using PushGateway.Http.Responses;

namespace PushGateway.Http.Middleware;

/// <summary>Answers requests that broke off: what the client did wrong, or nothing where the client is gone.</summary>
internal sealed class ExceptionMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            context.Response.Headers.Connection = "close";
            await context.Response.WriteErrorAsync(exception.StatusCode, exception.Message);
        }
        catch (IOException exception)
            when (exception.InnerException is OverflowException && !context.Response.HasStarted)
        {
            // What the framework makes of a chunk that says it is larger than a number holds.
            context.Response.Headers.Connection = "close";
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (Exception exception) when (IsHangUp(exception, context))
        {
            context.Abort();
        }
    }

    private static bool IsHangUp(Exception exception, HttpContext context) =>
        exception is ConnectionResetException
        || (exception is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested);
}
