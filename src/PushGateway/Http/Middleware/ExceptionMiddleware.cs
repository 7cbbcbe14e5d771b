using Microsoft.AspNetCore.Connections;
using PushGateway.Http.Responses;
using PushGateway.Logging;

namespace PushGateway.Http.Middleware;

/// <summary>Answers malformed requests with the error, and aborts requests whose client has disconnected.</summary>
internal sealed class ExceptionMiddleware(RequestDelegate next, ILogger<ExceptionMiddleware> logger)
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
            await (exception.StatusCode == StatusCodes.Status503ServiceUnavailable
                ? context.Response.WriteUnavailableAsync(exception.Message)
                : context.Response.WriteErrorAsync(exception.StatusCode, exception.Message));
        }
        catch (IOException exception)
            when (exception.InnerException is OverflowException && !context.Response.HasStarted)
        {
            // Kestrel throws this for a chunk size that overflows a long.
            context.Response.Headers.Connection = "close";
            await context.Response.WriteErrorAsync(StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (OutOfMemoryException) when (!context.Response.HasStarted)
        {
            logger.OutOfMemory(context.Request.Method, context.Source());
            await context.Response.WriteUnavailableAsync("out of memory: the gateway needs more memory, or fewer concurrent requests");
        }
        catch (Exception exception) when (IsDisconnect(exception, context))
        {
            context.Abort();
        }
        catch (Exception) when (!context.Response.HasStarted)
        {
            // The server answers the request, and logs the exception.
            context.RecordRejection(StatusCodes.Status500InternalServerError, "internal error: see the log");
            throw;
        }
    }

    private static bool IsDisconnect(Exception exception, HttpContext context) =>
        exception is ConnectionResetException
        || (exception is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested);
}
