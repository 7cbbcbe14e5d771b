namespace PushGateway.Http.Responses;

/// <summary>Records rejections for users whose jobs discard the response, like most cron jobs.</summary>
internal interface IRejectionRecorder
{
    void Record(HttpContext context, int status, string reason);
}

internal static class RejectionRecording
{
    /// <summary>
    /// Records the rejection or redirect of a request that would have made a change: a push, a deletion, or any other method
    /// than GET, HEAD and OPTIONS. Call it before the response is written, so that its reader can find the record.
    /// </summary>
    /// <remarks>An accepted request costs nothing, since the recorder is looked up only for a rejection.</remarks>
    public static void RecordRejection(this HttpContext context, int status, string reason)
    {
        if (!ReadOnlyMethods.Contains(context.Request.Method) && !DryRun.IsAsked(context))
        {
            context.RequestServices.GetRequiredService<IRejectionRecorder>().Record(context, status, reason);
        }
    }
}
