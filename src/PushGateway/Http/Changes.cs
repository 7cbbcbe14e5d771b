using PushGateway.Core.Persistence;
using PushGateway.Core.Store;

namespace PushGateway.Http;

/// <summary>
/// Makes the changes that requests ask for, and sees to it that they are kept before they are acknowledged. Where that
/// cannot be, it answers 503 with the cause, and gives null.
/// </summary>
internal sealed class Changes(GroupStore store, Persistence.Persistence persistence, TimeProvider time)
{
    /// <summary>Whether changes are taken at the moment; if not, the request is answered.</summary>
    public async ValueTask<bool> AreTakenAsync(HttpContext context)
    {
        if (persistence.RefusalReason is { } reason)
        {
            await context.Response.WriteUnavailableAsync(reason);
            return false;
        }
        if (context.Request.ContentLength > persistence.MaxBodyBytes
            && RequestDecoding.EncodingOf(context.Request) == BodyEncoding.Plain)
        {
            await RefuseLargeAsync(context);
            return false;
        }
        await persistence.WaitForRoomAsync(context.RequestAborted);
        return true;
    }

    /// <param name="body">What the families were parsed from.</param>
    public async ValueTask<CommandResult?> PushAsync(
        HttpContext context, PushCommand push, BodyFormat format, ReadOnlyMemory<byte> body)
    {
        using Persistence.KeptChange change = persistence.Prepare(
            () => new PushRecord(push.Key, push.Mode, push.Check, format, body, push.At), push.Key);
        if (change.IsTooLarge)
        {
            await RefuseLargeAsync(context);
            return null;
        }
        return await MakeAsync(context, push, change);
    }

    public async ValueTask<CommandResult?> DeleteAsync(HttpContext context, GroupingKey key)
    {
        using Persistence.KeptChange change = persistence.Prepare(
            () => new DeleteRecord(key, time.GetUnixNanoseconds()));
        return await MakeAsync(context, new DeleteCommand(key), change);
    }

    public async ValueTask<CommandResult?> WipeAsync(HttpContext context)
    {
        using Persistence.KeptChange change = persistence.Prepare(() => new WipeRecord(time.GetUnixNanoseconds()));
        return await MakeAsync(context, new WipeCommand(), change);
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
        HttpContext context, StoreCommand command, Persistence.KeptChange change)
    {
        CommandResult result = store.Apply(command, change.Keep);
        try
        {
            await change.WaitUntilKeptAsync();
            if (result.IsKept)
            {
                return result;
            }
        }
        catch (JournalFailedException exception)
        {
            await context.Response.WriteUnavailableAsync(exception.Message);
            return null;
        }
        await context.Response.WriteUnavailableAsync(persistence.RefusalReason ?? "the journal takes nothing");
        return null;
    }
}
