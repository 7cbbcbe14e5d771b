using System.Buffers;
using System.Buffers.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Groups;

/// <summary>Writes groups as <c>/api/v1/groups</c> lists them.</summary>
public static class GroupSummaryJson
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static void Write(MetricGroup group, GroupContext context, IBufferWriter<byte> output)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        WriteMembers(ref json, group, context, "families"u8);
        json.EndObject();
        json.Commit();
    }

    /// <summary>Writes a list of the labels of grouping keys.</summary>
    public static void WriteKeys(IEnumerable<GroupingKey> keys, IBufferWriter<byte> output)
    {
        var json = new JsonWriter(output);
        json.BeginArray();
        foreach (GroupingKey key in keys)
        {
            GroupJson.WriteLabels(ref json, key.Labels);
        }
        json.EndArray();
        json.Commit();
    }

    /// <param name="familyCount">The name of the member with the number of families.</param>
    internal static void WriteMembers(
        ref JsonWriter json, MetricGroup group, GroupContext context, ReadOnlySpan<byte> familyCount)
    {
        var summary = GroupSummary.Of(group);
        json.Key("labels"u8);
        GroupJson.WriteLabels(ref json, group.Key.Labels);
        json.Key("path"u8);
        json.String(context.Path);
        json.Key("pushed"u8);
        json.Number(summary.Pushed);
        json.Key("failed"u8);
        json.Number(summary.Failed);
        json.Key("ok"u8);
        json.Boolean(summary.Ok);
        json.Key(familyCount);
        json.Number(summary.Families);
        json.Key("samples"u8);
        json.Number(summary.Samples);
        json.Key("series"u8);
        json.Number(summary.Size.Series);
        json.Key("bytes"u8);
        json.Number(summary.Size.Bytes);
        json.Key("error"u8);
        WriteRejection(ref json, group.LastRejection);
        json.Key("quarantined"u8);
        if (context.Quarantined is null)
        {
            json.Null();
        }
        else
        {
            json.String(context.Quarantined);
        }
        WriteDeadlines(ref json, context.Deadlines);
        if (group.Terms?.Merge is { } merge)
        {
            json.Key("merge"u8);
            json.String(merge.ToString());
        }
    }

    private static void WriteDeadlines(ref JsonWriter json, GroupDeadlines deadlines)
    {
        json.Key("ttl"u8);
        WriteNumber(ref json, deadlines.TimeToLive);
        json.Key("expires"u8);
        WriteNumber(ref json, deadlines.Expires);
        json.Key("expected_interval"u8);
        WriteNumber(ref json, deadlines.ExpectedInterval);
        json.Key("late"u8);
        if (deadlines.IsLate is { } isLate)
        {
            json.Boolean(isLate);
        }
        else
        {
            json.Null();
        }
    }

    private static void WriteNumber(ref JsonWriter json, double? number)
    {
        if (number is { } value)
        {
            json.Number(value);
        }
        else
        {
            json.Null();
        }
    }

    /// <summary>Writes nanoseconds since 1970 as seconds, exactly.</summary>
    internal static void WriteSeconds(ref JsonWriter json, long nanoseconds)
    {
        Span<byte> text = stackalloc byte[32];
        Utf8Formatter.TryFormat(nanoseconds / (decimal)NanosecondsPerSecond, text, out int length);
        json.Literal(text[..length]);
    }

    private static void WriteRejection(ref JsonWriter json, RejectedPush? rejection)
    {
        if (rejection is null)
        {
            json.Null();
            return;
        }
        json.BeginObject();
        json.Key("message"u8);
        json.String(rejection.Message);
        json.Key("time"u8);
        WriteSeconds(ref json, rejection.At);
        RejectionJson.WriteCause(ref json, rejection.Cause);
        json.EndObject();
    }
}
