using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using PushGateway.Access;
using PushGateway.Core.Query.Groups;
using PushGateway.Core.Store.Consistency;
using PushGateway.Durability;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Logging;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/groups/job/JOB{/LABEL/VALUE}</c>: one group with its history, and DELETE of one of its families.</summary>
internal sealed class GroupEndpoints(
    GroupStore store,
    QuarantineCache quarantined,
    IDurableStore durable,
    GroupContexts contexts,
    GroupHistory history,
    PushSettings settings,
    TimeProvider time)
{
    private const int DefaultSamples = 100;
    private const int MaxSamples = 10_000;

    private readonly GroupingKeyUrl _url = new(settings.Names);

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        GroupEndpoints endpoints = routes.ServiceProvider.GetRequiredService<GroupEndpoints>();
        string groups = $"{prefix}/api/v1/groups";
        routes.MapGroupingKey(
                HttpMethods.Get,
                groups,
                endpoints._url,
                endpoints.ShowAsync,
                (context, error) => context.Response.WriteBadDataAsync(error))
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiGroup);
        routes.MapGroupingKey(
                HttpMethods.Delete,
                groups,
                endpoints._url,
                endpoints.DeleteFamilyAsync,
                (context, error) => context.Response.WriteBadDataAsync(error))
            .Requires(Permissions.Delete).WithRequestCounter(HandlerName.ApiGroup);
    }

    private async Task ShowAsync(HttpContext context, GroupingKey key)
    {
        IQueryCollection query = context.Request.Query;
        if (!GroupQuery.TryParseCount(query, "limit", DefaultSamples, MaxSamples, out int limit, out string? error)
            || !GroupQuery.TryParseCount(query, "offset", 0, int.MaxValue, out int offset, out error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        Quarantine quarantine = quarantined.Of(store.Snapshot);
        if (quarantine.Whole.Find(key) is not { } group)
        {
            await context.Response.WriteJsonErrorAsync(
                StatusCodes.Status404NotFound, "not_found", $"group not found: {key}");
            return;
        }
        Utf8String? only = query["family"] is [{ } family, ..] ? new Utf8String(family) : null;
        await WriteGroupAsync(context, group, contexts.Of(group, quarantine), only, offset, limit);
    }

    /// <param name="only">The only family to show; null for all.</param>
    private async Task WriteGroupAsync(
        HttpContext context, MetricGroup group, GroupContext known, Utf8String? only, int offset, int limit)
    {
        context.Response.BeginJson();
        using var deadline = new DeadlineWriter(context, time, settings.Times);
        PipeWriter output = JsonBody.For(context, deadline);
        output.Write("{\"status\":\"success\",\"data\":"u8);
        GroupDetailJson.WriteStart(group, known, output);
        bool first = true;
        for (int i = 0; i < group.Families.Length; i++)
        {
            if (only is not null && group.Families[i].Name != only)
            {
                continue;
            }
            output.Write(first ? ""u8 : ","u8);
            first = false;
            GroupDetailJson.WriteFamily(group.Families[i], offset, limit, output);
            await output.FlushIfNeededAsync(context.RequestAborted);
        }
        GroupDetailJson.WriteEndOfFamilies(output);
        WriteHistory(group.Key, output);
        output.Write("}}"u8);
        await output.EndAsync(context.RequestAborted);
    }

    private void WriteHistory(GroupingKey key, IBufferWriter<byte> output)
    {
        output.Write(",\"history\":"u8);
        using var json = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(json, history.Read(key).Select(Describe), ApiJson.Default.IEnumerablePastPushResponse);
    }

    private static PastPushResponse Describe(PastPush push) => new(
        push.At / 1e9,
        push.Method,
        push.Status,
        push.Reason,
        push.Size.Series,
        push.Size.Bytes,
        push.Duration.TotalSeconds,
        RequestSource.Format(push.Address, push.Port));

    private async Task DeleteFamilyAsync(HttpContext context, GroupingKey key)
    {
        if (!GroupQuery.TryParseFamily(context.Request.Query, out Utf8String family, out string? error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        if (!await context.IsPermittedAsync(Permissions.Delete, key))
        {
            return;
        }
        if (store.Snapshot.Find(key)?.Find(family) is not { } stored)
        {
            await context.Response.WriteJsonErrorAsync(
                StatusCodes.Status404NotFound, "not_found", $"metric family not found: {family} of {key}");
            return;
        }
        if (await durable.TryApplyAsync(context, new DeleteFamilyCommand(key, family)))
        {
            await context.Response.WriteDataAsync(
                new FamilyDeletionResponse(family.ToString(), stored.MetricCount), ApiJson.Default.ApiResponseFamilyDeletionResponse);
        }
    }
}
