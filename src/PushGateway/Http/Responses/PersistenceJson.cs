using System.Text.Json;
using PushGateway.Durability;

namespace PushGateway.Http.Responses;

/// <summary>How the JSON API shows persistence. Times are Unix seconds, 0 for never.</summary>
internal static class PersistenceJson
{
    /// <summary>Writes an object; its name, if it has one, is the caller's.</summary>
    public static void Write(Utf8JsonWriter json, PersistenceState state)
    {
        json.WriteStartObject();
        json.WriteBoolean("enabled", state.IsEnabled);
        json.WriteString("file", state.File);
        json.WriteStartObject("snapshot");
        json.WriteNumber("time", state.SnapshotAt is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : 0);
        json.WriteNumber("seconds", state.SnapshotDuration.TotalSeconds);
        json.WriteNumber("failures", state.SnapshotFailures);
        json.WriteEndObject();
        json.WriteStartObject("journal");
        json.WriteBoolean("enabled", state.HasJournal);
        json.WriteNumber("bytes", state.JournalBytes);
        json.WriteNumber("records", state.JournalRecords);
        json.WriteNumber("failures", state.JournalFailures);
        json.WriteEndObject();
        json.WriteStartObject("restored");
        json.WriteNumber("groups", state.RestoredGroups);
        json.WriteNumber("records", state.RestoredRecords);
        json.WriteNumber("discarded_records", state.DiscardedRecords);
        json.WriteEndObject();
        json.WriteString("fault", state.Fault);
        json.WriteEndObject();
    }
}
