using PushGateway.Access;
using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store.Consistency;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/jobs</c>: the jobs of the groups that a query selects, in pages.</summary>
internal sealed class JobsEndpoint(GroupStore store, QuarantineCache quarantined, GroupContexts contexts)
{
    private const int DefaultJobs = 50;
    private const int MaxJobs = 1_000;

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        JobsEndpoint endpoint = routes.ServiceProvider.GetRequiredService<JobsEndpoint>();
        routes.MapGet($"{prefix}/api/v1/jobs", endpoint.WriteAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiJobs);
    }

    private async Task WriteAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (!GroupQuery.TryParseSelection(query, contexts.Now, out GroupSelection? selection, out string? error)
            || !GroupQuery.TryParseCount(query, "limit", DefaultJobs, MaxJobs, out int limit, out error)
            || !GroupQuery.TryParseCount(query, "offset", 0, int.MaxValue, out int offset, out error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        Quarantine quarantine = quarantined.Of(store.Snapshot);
        GroupStates states = contexts.StatesIn(quarantine);
        var page = JobPage.Select(
            quarantine.Whole, GroupContexts.Restrict(selection, states), states, offset, limit, context.RequestAborted);
        var total = new JobTotalsResponse(
            page.All.Count,
            page.All.Sum(job => job.Groups),
            page.All.Sum(job => job.Series),
            page.All.Sum(job => job.Late),
            page.All.Sum(job => job.Failing),
            page.All.Sum(job => job.Expiring));
        await context.Response.WriteDataAsync(
            new JobsResponse(total, offset, limit, page.Jobs.Select(Describe)), ApiJson.Default.ApiResponseJobsResponse);
    }

    private static JobSummaryResponse Describe(JobSummary job) => new(
        job.Job.ToString(), job.Groups, job.Series, job.Late, job.Failing, job.Expiring, job.OldestPush, job.LastPush);
}
