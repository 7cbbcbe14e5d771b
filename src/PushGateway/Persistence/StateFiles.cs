using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence;
using PushGateway.Core.Store;

namespace PushGateway.Persistence;

/// <summary>Between what the store holds and what the persistence file and the journal do.</summary>
internal static class StateFiles
{
    public static void Write(StoreSnapshot snapshot, Stream stream) =>
        GobSnapshotWriter.Write(stream, snapshot.Groups.Select(ToPersisted));

    /// <summary>Puts what a snapshot holds into the store. Gives what is wrong with it, or null.</summary>
    /// <param name="unreadable">Families that were left out are added to it.</param>
    public static string? Restore(
        Stream snapshot, GroupStore store, List<UnreadableFamily> unreadable, CancellationToken cancellation)
    {
        try
        {
            foreach (PersistedGroup group in GobSnapshotReader.Read(snapshot))
            {
                cancellation.ThrowIfCancellationRequested();
                unreadable.AddRange(group.Unreadable);
                store.Apply(new RestoreCommand(
                    group.Key, [.. group.Families.Select(family => (family.Family, family.PushedAt))]));
            }
            return snapshot.ReadByte() < 0 ? null : "something stands behind its end";
        }
        catch (GobFormatException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Makes a change again that was made before. Gives what is wrong with it, or null.</summary>
    public static string? Replay(JournalRecord record, GroupStore store)
    {
        if (record is PushRecord push)
        {
            return ReplayPush(push, store);
        }
        StoreCommand command = record switch
        {
            FailureRecord failure => new FailCommand(failure.Key, failure.At),
            DeleteRecord delete => new DeleteCommand(delete.Key),
            WipeRecord => new WipeCommand(),
            _ => throw new ArgumentOutOfRangeException(nameof(record)),
        };
        store.Apply(command);
        return null;
    }

    private static PersistedGroup ToPersisted(MetricGroup group)
    {
        var families = new List<PersistedFamily>(group.Families.Length);
        foreach (ref readonly StoredFamily family in group.Families)
        {
            families.Add(new PersistedFamily(family.Decode(), family.PushedAt));
        }
        return new PersistedGroup(group.Key, families);
    }

    /// <summary>Unchecked: it was accepted, and has to be there, whatever a newer gateway makes of it.</summary>
    private static string? ReplayPush(PushRecord push, GroupStore store)
    {
        List<MetricFamily>? families;
        PushError? error;
        bool parses = push.Format == BodyFormat.DelimitedProtobuf
            ? ProtobufParser.TryParse(push.Body, out families, out error)
            : TextParser.TryParse(
                push.Body,
                push.Format == BodyFormat.Utf8Text ? NameValidation.Utf8 : NameValidation.Legacy,
                out families,
                out error);
        if (!parses)
        {
            return $"a push to {push.Key} that was accepted does not parse any more: {error!.Message}";
        }
        store.Apply(new PushCommand(push.Key, push.Mode, PushCheck.Unchecked, families!, push.At));
        return null;
    }
}
