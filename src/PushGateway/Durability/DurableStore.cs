using PushGateway.CommandLine;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Store;
using PushGateway.Http.Middleware;
using PushGateway.Http.Responses;

namespace PushGateway.Durability;

/// <summary>
/// Makes the changes that requests ask for, and sees to it that they are kept before they are acknowledged. Where that
/// cannot be, it answers 503 with the cause, and gives null.
/// </summary>
internal sealed class DurableStore(GroupStore store, PersistenceService persistence, TimeProvider time)
{
    /// <summary>How many deletions are under way to the disk at most.</summary>
    private const int GroupsAtOnce = 1_000;

    /// <summary>Whether changes are taken at the moment; if not, the request is answered.</summary>
    public async ValueTask<bool> AreTakenAsync(HttpContext context)
    {
        if (persistence.RefusalReason is { } reason)
        {
            await context.Response.WriteUnavailableAsync(reason);
            return false;
        }
        if (context.Request.ContentLength > persistence.MaxBodyBytes
            && GzipHeaderMiddleware.EncodingOf(context.Request) == BodyEncoding.Plain)
        {
            await RefuseLargeAsync(context);
            return false;
        }
        await persistence.WaitForCapacityAsync(context.RequestAborted);
        return true;
    }

    /// <param name="body">What the families were parsed from.</param>
    public async ValueTask<CommandResult?> PushAsync(
        HttpContext context, PushCommand push, BodyFormat format, ReadOnlyMemory<byte> body)
    {
        using PendingWrite change = persistence.Prepare(
            () => new PushRecord(push.Key, push.Mode, push.Check, format, body, push.At), push.Key);
        if (change.IsTooLarge)
        {
            await RefuseLargeAsync(context);
            return null;
        }
        return await MakeAsync(context, push, change);
    }

    /// <summary>For a body that could not be read. It changes no metric, and is not kept.</summary>
    public void NoteRefusal(RecordParseErrorCommand refusal) => store.Apply(refusal);

    public async ValueTask<CommandResult?> DeleteAsync(HttpContext context, GroupingKey key)
    {
        using PendingWrite change = persistence.Prepare(
            () => new DeleteRecord(key, time.GetUnixNanoseconds()));
        return await MakeAsync(context, new DeleteCommand(key), change);
    }

    /// <summary>
    /// Deletes groups that are still as they were selected: what has been pushed since then stays. Gives those that were
    /// deleted. Each deletion is kept by itself; the answer waits for all of them at once.
    /// </summary>
    public async ValueTask<IReadOnlyList<MetricGroup>?> DeleteAsync(
        HttpContext context, IReadOnlyList<MetricGroup> groups)
    {
        var deleted = new List<MetricGroup>();
        for (int start = 0; start < groups.Count; start += GroupsAtOnce)
        {
            await persistence.WaitForCapacityAsync(context.RequestAborted);
            if (!await DeleteSomeAsync(context, groups.Skip(start).Take(GroupsAtOnce), deleted))
            {
                return null;
            }
        }
        return deleted;
    }

    public async ValueTask<CommandResult?> WipeAsync(HttpContext context)
    {
        using PendingWrite change = persistence.Prepare(() => new WipeRecord(time.GetUnixNanoseconds()));
        return await MakeAsync(context, new WipeCommand(), change);
    }

    /// <summary>Adds those that were deleted to the list; false where the request was answered instead.</summary>
    private async ValueTask<bool> DeleteSomeAsync(
        HttpContext context, IEnumerable<MetricGroup> groups, List<MetricGroup> deleted)
    {
        // The journal takes the changes in their order: once the last one is on the disk, so are the others. To wait for
        // one takes no more than its ticket, which is left after it has been disposed.
        CommandResult result = CommandResult.Done;
        PendingWrite last = PendingWrite.Nowhere;
        foreach (MetricGroup group in groups)
        {
            using PendingWrite change = persistence.Prepare(
                () => new DeleteRecord(group.Key, time.GetUnixNanoseconds()));
            bool isThere = false;
            result = store.Apply(new DeleteCommand(group.Key, ExpectedGroup: group), kind =>
            {
                isThere = change.Log(kind);
                return isThere;
            });
            if (!result.IsLogged)
            {
                break;
            }
            if (isThere)
            {
                last = change;
                deleted.Add(group);
            }
        }
        return await IsKeptAsync(context, result, last);
    }

    /// <summary>The connection ends too, since what is on its way would have to be read to the end.</summary>
    private static Task RefuseLargeAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return context.Response.WriteErrorAsync(
            StatusCodes.Status413PayloadTooLarge,
            $"request body too large: the journal keeps pushes of up to {EncodedRecord.MaxPayloadBytes} bytes");
    }

    private async ValueTask<CommandResult?> MakeAsync(
        HttpContext context, StoreCommand command, PendingWrite change)
    {
        CommandResult result = store.Apply(command, change.Log);
        return await IsKeptAsync(context, result, change) ? result : null;
    }

    /// <summary>Waits until a change may be acknowledged; if it may not be, the request is answered.</summary>
    private async ValueTask<bool> IsKeptAsync(
        HttpContext context, CommandResult result, PendingWrite change)
    {
        try
        {
            await change.WaitUntilDurableAsync();
            if (result.IsLogged)
            {
                return true;
            }
        }
        catch (JournalFailedException exception)
        {
            await context.Response.WriteUnavailableAsync(exception.Message);
            return false;
        }
        await context.Response.WriteUnavailableAsync(persistence.RefusalReason ?? "the journal takes nothing");
        return false;
    }
}
