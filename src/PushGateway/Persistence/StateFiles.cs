using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence;
using PushGateway.Core.Store;

namespace PushGateway.Persistence;

/// <summary>Between what the store holds and what the persistence file and the journal do.</summary>
internal static class StateFiles
{
    /// <summary>After so many groups of a snapshot, what the others hold is guessed.</summary>
    private const int GuessAfterGroups = 4000;

    /// <summary>Puts what a snapshot holds into the store. Gives what is wrong with it, or null.</summary>
    /// <param name="unreadable">Families that were left out are added to it.</param>
    public static async Task<string?> RestoreAsync(
        Stream snapshot, GroupStore store, List<UnreadableFamily> unreadable, CancellationToken cancellation)
    {
        try
        {
            int groups = 0;
            await foreach (RestoredGroup group in ReadAhead.Of(GobSnapshotReader.ReadStored(snapshot), SizeOf))
            {
                cancellation.ThrowIfCancellationRequested();
                unreadable.AddRange(group.Unreadable);
                store.Apply(new RestoreCommand(group.Key, group.Families));
                if (++groups == GuessAfterGroups)
                {
                    // By the bytes that are left. They are read ahead a little, so that it is a little less than there will be.
                    double share = (double)snapshot.Position / snapshot.Length;
                    store.Expect((int)Math.Min(store.SeriesCount / share, Array.MaxLength));
                }
            }
            return snapshot.ReadByte() < 0 ? null : "something stands behind its end";
        }
        catch (GobFormatException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Makes changes again that were made before.</summary>
    /// <param name="faults">What is wrong with one that cannot be made is added to it.</param>
    public static async Task ReplayAsync(
        IEnumerable<JournalRecord> records,
        GroupStore store,
        ICollection<string> faults,
        CancellationToken cancellation)
    {
        await foreach (ReplayedChange change in ReadAhead.Of(records.Select(ToChange), change => change.Bytes))
        {
            cancellation.ThrowIfCancellationRequested();
            if (change.Command is { } command)
            {
                store.Apply(command);
            }
            else
            {
                faults.Add(change.Fault!);
            }
        }
    }

    private static ReplayedChange ToChange(JournalRecord record) => record switch
    {
        PushRecord push => ToChange(push),
        FailureRecord failure => new ReplayedChange(new FailCommand(failure.Key, failure.At)),
        DeleteRecord delete => new ReplayedChange(new DeleteCommand(delete.Key)),
        WipeRecord => new ReplayedChange(new WipeCommand()),
        _ => throw new ArgumentOutOfRangeException(nameof(record)),
    };

    /// <summary>Unchecked: it was accepted, and has to be there, whatever a newer gateway makes of it.</summary>
    private static ReplayedChange ToChange(PushRecord push)
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
            return new ReplayedChange(
                null, 0, $"a push to {push.Key} that was accepted does not parse any more: {error!.Message}");
        }
        return new ReplayedChange(
            new PushCommand(push.Key, push.Mode, PushCheck.Unchecked, families!, push.At), push.Body.Length);
    }

    private static long SizeOf(RestoredGroup group)
    {
        long bytes = 0;
        foreach (ref readonly StoredFamily family in group.Families.AsSpan())
        {
            bytes += family.Lines.Length;
        }
        return bytes;
    }

    /// <param name="Command">Null if the change cannot be made.</param>
    /// <param name="Bytes">About what it takes until it is made.</param>
    private readonly record struct ReplayedChange(StoreCommand? Command, long Bytes = 0, string? Fault = null);
}
