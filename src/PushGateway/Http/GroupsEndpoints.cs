using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.Core.Exposition;
using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store.Consistency;
using PushGateway.Durability;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Lifecycle;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/groups</c>: lists the groups that a query selects in pages, and deletes them.</summary>
internal sealed class GroupsEndpoints(
    GroupStore store,
    QuarantineCache quarantined,
    IDurableStore durable,
    GatewayOptions options,
    PushSettings settings,
    GroupLifecycle lifecycle,
    GroupContexts contexts,
    TimeProvider time)
{
    private const int MaxMissing = 100;

    /// <summary>The number of deleted groups that the response names.</summary>
    private const int MaxNamed = 100;

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        GroupsEndpoints endpoints = routes.ServiceProvider.GetRequiredService<GroupsEndpoints>();
        string groups = $"{prefix}/api/v1/groups";
        routes.MapGet(groups, endpoints.ListAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiGroups);
        // A selection reveals stored data, so deleting by one also needs the permission to read.
        routes.MapDelete(groups, endpoints.DeleteAsync)
            .Requires(Permissions.Read | Permissions.Delete).WithRequestCounter(HandlerName.ApiGroups);
        routes.MapMethods(groups, [HttpMethods.Options], JsonResponses.WriteReadOnlyOptions)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiOptions);
    }

    private async Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (!GroupQuery.TryParseSelection(query, contexts.Now, out GroupSelection? selection, out string? error)
            || !GroupQuery.TryParsePage(query, out PageRequest request, out error)
            || !GroupQuery.TryParseOption(query, "counts", out bool isCounted, out error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        Quarantine quarantine = quarantined.Of(store.Snapshot);
        GroupStates states = contexts.StatesIn(quarantine);
        StateCounts? counts = isCounted ? new StateCounts(states) : null;
        var page = GroupPage.Select(
            quarantine.Whole, GroupContexts.Restrict(selection, states), request, context.RequestAborted, counts, states);

        context.Response.BeginJson();
        using var deadline = new DeadlineWriter(context, time, settings.Times);
        PipeWriter output = JsonBody.For(context, deadline);
        Write(output, string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {"status":"success","data":{"total":{"groups":{{{page.TotalGroups}}},"series":{{{page.TotalSeries}}},"quarantined":{{{quarantine.Reasons.Count}}},
            """));
        (int late, int expiring) = lifecycle.Count(quarantine.Whole, time.GetUnixNanoseconds());
        Write(output, string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            "late":{{late}},"expiring":{{expiring}}},
            """));
        WriteMissing(quarantine.Whole, output);
        Write(output, string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            "matched":{"groups":{{{page.MatchedGroups}}},"series":{{{page.Matched.Series}}},"bytes":{{{page.Matched.Bytes}}}},
            """));
        WriteCounts(counts, output);
        Write(output, string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            "offset":{{request.Offset}},"limit":{{request.Limit}},"groups":[
            """));
        for (int i = 0; i < page.Groups.Count; i++)
        {
            MetricGroup group = page.Groups[i];
            output.Write(i == 0 ? ""u8 : ","u8);
            GroupSummaryJson.Write(group, contexts.Of(group, quarantine), output);
            await output.FlushIfNeededAsync(context.RequestAborted);
        }
        output.Write("]}}"u8);
        await output.EndAsync(context.RequestAborted);
    }

    /// <summary>Writes the number of groups in each state, if requested.</summary>
    private static void WriteCounts(StateCounts? counts, PipeWriter output)
    {
        if (counts is not null)
        {
            Write(output, string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                "counts":{"all":{{counts.All}},"failing":{{counts.Failed}},"late":{{counts.Late}},"expiring":{{counts.Expiring}},"empty":{{counts.Empty}},"quarantined":{{counts.Quarantined}}},
                """));
        }
    }

    /// <summary>Writes some of the missing groups that rules require, if any rule requires groups.</summary>
    private void WriteMissing(StoreSnapshot snapshot, PipeWriter output)
    {
        if (lifecycle.Rules.Required.Count == 0)
        {
            return;
        }
        output.Write("\"missing\":"u8);
        GroupSummaryJson.WriteKeys(
            lifecycle.Rules.Required.Select(one => one.Key).Where(key => snapshot.Find(key) is null).Take(MaxMissing), output);
        output.Write(","u8);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (!GroupQuery.TryParseDeletion(
            query, contexts.Now, out GroupSelection? selection, out bool isDryRun, out string? error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        if (!isDryRun && !options.EnableAdminApi)
        {
            await context.Response.WriteJsonErrorAsync(
                StatusCodes.Status403Forbidden,
                "forbidden",
                "deleting by a query needs --web.enable-admin-api (dry_run=true does not)");
            return;
        }
        if (!isDryRun && durable.Unavailability is { } cause)
        {
            await context.Response.WriteUnavailableAsync(cause);
            return;
        }
        Quarantine quarantine = quarantined.Of(store.Snapshot);
        IReadOnlyList<MetricGroup> groups = GroupPage.SelectAll(
            quarantine.Whole, GroupContexts.Restrict(selection, contexts.StatesIn(quarantine)), context.RequestAborted);
        if (!await context.IsPermittedAsync(Permissions.Delete, groups))
        {
            return;
        }
        if (!isDryRun)
        {
            (Outcome outcome, groups) = await durable.DeleteUnchangedAsync(groups);
            if (outcome is Outcome.Unavailable unavailable)
            {
                await context.Response.WriteUnavailableAsync(unavailable);
                return;
            }
        }
        var deleted = new DeletionResponse(
            groups.Count,
            groups.Sum(group => GroupSize.Of(group).Series),
            isDryRun,
            groups.Take(MaxNamed).Select(group => group.Key.ToDictionary()));
        await context.Response.WriteDataAsync(deleted, ApiJson.Default.ApiResponseDeletionResponse);
    }

    private static void Write(PipeWriter output, string json) => Encoding.UTF8.GetBytes(json, output);
}
