using PushGateway.Core.Exposition;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Output;

namespace PushGateway.Core.Query.Groups;

/// <summary>Writes the reason for a rejected push, as members of its object.</summary>
internal static class RejectionJson
{
    /// <param name="cause">Null if it is unknown. The members are then null too.</param>
    public static void WriteCause(ref JsonWriter json, RejectionCause? cause)
    {
        WriteString(ref json, "kind"u8, cause?.Kind?.Word());
        WriteString(ref json, "family"u8, cause?.Family);
        WriteString(ref json, "here"u8, cause?.Here?.TextName());
        WriteString(ref json, "there"u8, cause?.There?.TextName());
        json.Key("groups"u8);
        json.BeginArray();
        foreach (GroupingKey key in cause?.Groups ?? [])
        {
            GroupJson.WriteLabels(ref json, key.Labels);
        }
        json.EndArray();
        json.Key("line"u8);
        if (cause?.Line is { } line)
        {
            json.Number(line);
        }
        else
        {
            json.Null();
        }
        WriteString(ref json, "hint"u8, cause is { Hint.Length: > 0 } ? cause.Hint : null);
    }

    private static void WriteString(ref JsonWriter json, ReadOnlySpan<byte> key, string? value)
    {
        json.Key(key);
        if (value is null)
        {
            json.Null();
        }
        else
        {
            json.String(value);
        }
    }
}
