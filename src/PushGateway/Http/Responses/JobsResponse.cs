namespace PushGateway.Http.Responses;

/// <summary>The data of <c>/api/v1/jobs</c>.</summary>
/// <param name="Total">The number of all jobs that the query selects.</param>
internal sealed record JobsResponse(JobTotalsResponse Total, int Offset, int Limit, IEnumerable<JobSummaryResponse> Jobs);

internal sealed record JobTotalsResponse(int Jobs, int Groups, long Series, int Late, int Failing, int Expiring);

/// <param name="OldestPush">Unix seconds, 0 for never, like all times.</param>
internal sealed record JobSummaryResponse(
    string Job, int Groups, long Series, int Late, int Failing, int Expiring, double OldestPush, double LastPush);
