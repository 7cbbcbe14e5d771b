using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store;

/// <content>Rejected pushes, and the failures that they record.</content>
public sealed partial class GroupStore
{
    private CommandResult Reject(PushCommand push, RejectionKind kind, PushError error, WriteAheadHook log) =>
        Reject(push, new CommandResult(error, []) { Cause = new RejectionCause(kind) }, log);

    private CommandResult Reject(PushCommand push, CommandResult rejected, WriteAheadHook log)
    {
        lock (_lock)
        {
            if (IsRepeated(push))
            {
                return CommandResult.Repeated;
            }
            if (WouldExceedLimits(push))
            {
                return rejected;
            }
            CommandResult recorded = RecordFailure(
                push.Key,
                push.At,
                RejectedPush.Of(rejected.Error!.Message, rejected.CauseWith(rejected.ConflictHint), push.At),
                log);
            return recorded.IsLogged || push.IsDryRun ? rejected : recorded;
        }
    }

    /// <summary>Whether the store is too full for a new group that only records the failure time of a push.</summary>
    private bool WouldExceedLimits(PushCommand push)
    {
        int series = _index.SeriesCount;
        return _groups.Find(push.Key) is null
            && push.Limits.FindStoredExcess(series + PushTimestamps.Count, series, _groups.Count, isNewGroup: true) is not null;
    }

    /// <summary>Rejects a push that exceeds a limit. Unlike other rejections, this creates no group for the failure time.</summary>
    private CommandResult RejectForLimit(PushCommand push, PushError error, WriteAheadHook log)
    {
        lock (_lock)
        {
            return _groups.Find(push.Key) is not null ? Reject(push, RejectionKind.Limit, error, log)
                : IsRepeated(push) ? CommandResult.Repeated
                : new CommandResult(error, []) { Cause = new RejectionCause(RejectionKind.Limit) };
        }
    }

    private CommandResult RecordParseError(RecordParseErrorCommand error)
    {
        lock (_lock)
        {
            if (_groups.Find(error.Key) is { } group)
            {
                MetricGroup successor = group.WithRejection(RejectedPush.Of(error.Message, error.Cause, error.At));
                int epoch = group.Epoch;
                _groups.Set(successor, sameFamilies: true);
                _snapshot = null;

                // Both share arrays, which a snapshot or a merge may hold too.
                successor.Epoch = epoch;
                successor.CopyPins(group);
            }
        }
        return CommandResult.Done;
    }

    /// <summary>Records a failure in the group. Creates the group if necessary.</summary>
    private CommandResult RecordFailure(GroupingKey key, long at, RejectedPush? rejection, WriteAheadHook log)
    {
        lock (_lock)
        {
            if (!log(WriteKind.FailureRecorded))
            {
                return CommandResult.NotLogged;
            }
            MetricGroup? present = _groups.Find(key);
            var change = GroupChange.PlanFailure(key, at, present, mayShareIndexed: !_mayBeInconsistent);
            bool fits = _index.Apply(change, helps: null).Count == 0;
            if (fits || present is not null)
            {
                Publish(change, present, key, present?.Terms, fits, rejection);
            }
            else
            {
                // Upstream creates the group, and every scrape fails until somebody deletes it.
                _index.Revert(change);
            }
        }
        return CommandResult.Done;
    }
}
