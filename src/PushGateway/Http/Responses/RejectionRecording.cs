namespace PushGateway.Http.Responses;

/// <summary>Keeps rejections for those who throw the answer away, as cron jobs do.</summary>
internal interface IRejectionRecorder
{
    void Record(HttpContext context, int status, string reason);
}

internal static class RejectionRecording
{
    /// <summary>
    /// Records the rejection, or the redirect, of a request that would have changed something: a push, a deletion, or
    /// whatever else is not GET, HEAD or OPTIONS. Call it before the answer is written, so that its reader finds the record.
    /// </summary>
    /// <remarks>An accepted request costs nothing: the recorder is looked up for a rejection only.</remarks>
    public static void RecordRejection(this HttpContext context, int status, string reason)
    {
        if (!ReadOnlyMethods.Contains(context.Request.Method) && !DryRun.IsAsked(context))
        {
            context.RequestServices.GetRequiredService<IRejectionRecorder>().Record(context, status, reason);
        }
    }
}
