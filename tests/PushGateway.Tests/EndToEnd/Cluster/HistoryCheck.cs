namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>An observation of a replica: the values of the families of each group.</summary>
/// <param name="Process">Of the replica; a new life has a new one.</param>
/// <param name="Groups">By instance label.</param>
internal sealed record Reading(int Process, double At, IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Groups);

/// <summary>
/// Compares observations of replicas with the sent requests. The order of concurrent requests is unknown, but a request that was
/// accepted before another was sent precedes it.
/// </summary>
internal sealed class HistoryCheck(IReadOnlyList<Operation> operations)
{
    private readonly Dictionary<long, Operation> _byNumber = operations.ToDictionary(operation => operation.Number);

    private readonly ILookup<string, Operation> _byGroup = operations.ToLookup(operation => operation.Group);

    /// <summary>The number of observations of a push that was later reported as not stored: it was committed, but lost in a failover.</summary>
    public int ShownAndLost { get; private set; }

    /// <summary>The errors in the groups at the end, after the last expiry.</summary>
    public IEnumerable<string> FindFinalFaults(Reading last)
    {
        foreach (IGrouping<string, Operation> group in _byGroup)
        {
            IReadOnlyDictionary<string, long> held = last.Groups.GetValueOrDefault(group.Key) ?? new Dictionary<string, long>();
            foreach (string family in group.SelectMany(operation => operation.Effects.Keys).Distinct())
            {
                long? value = held.TryGetValue(family, out long found) ? found : null;
                Operation[] all = [.. group.Where(operation => operation.Effects.ContainsKey(family))];
                if (!IsAllowed(all, family, value))
                {
                    yield return $"{family} of {group.Key} is {value}, after\n  "
                        + string.Join("\n  ", all.Where(one => one.Number == value).Concat(all.TakeLast(12)));
                }
            }
        }
        foreach (string fault in FindInvented(last).Concat(FindParts(last)))
        {
            yield return fault;
        }
    }

    /// <summary>The errors in the observations during the test.</summary>
    public IEnumerable<string> FindFaults(IEnumerable<Reading> readings)
    {
        // The last accepted operation that each replica showed of a family.
        var seen = new Dictionary<(int Process, string Group, string Family), Operation>();
        foreach (Reading reading in readings)
        {
            foreach (string fault in FindInvented(reading).Concat(FindParts(reading)))
            {
                yield return fault;
            }
            foreach ((string group, IReadOnlyDictionary<string, long> families) in reading.Groups)
            {
                foreach ((string family, long value) in families)
                {
                    if (!_byNumber.TryGetValue(value, out Operation? shown) || shown.Fate != Fate.Accepted)
                    {
                        ShownAndLost += shown?.Fate == Fate.Rejected ? 1 : 0;
                        continue;
                    }
                    (int, string, string) place = (reading.Process, group, family);
                    if (seen.TryGetValue(place, out Operation? before) && shown.Ended < before.Invoked)
                    {
                        yield return $"{family} of {group} went back at {reading.At:F3} from {before} to {shown}";
                    }
                    seen[place] = shown;
                }
            }
        }
    }

    private static bool IsAllowed(Operation[] all, string family, long? value)
    {
        double firstAccepted = all.Where(one => one.Fate == Fate.Accepted).Select(one => one.Ended)
            .DefaultIfEmpty(double.PositiveInfinity).Min();
        double lastInvoked = all.Where(one => one.Fate == Fate.Accepted).Select(one => one.Invoked)
            .DefaultIfEmpty(double.NegativeInfinity).Max();

        // Nothing, as before all operations.
        bool isAllowed = value is null && double.IsPositiveInfinity(firstAccepted);
        return isAllowed || all.Any(one => one.Fate != Fate.Rejected
            && (one.Expires ? value is null : one.Effects[family] == value)
            && lastInvoked <= one.Ended);
    }

    /// <summary>Values that were never sent, or of rejected pushes.</summary>
    private IEnumerable<string> FindInvented(Reading reading) =>
        from @group in reading.Groups
        from family in @group.Value
        where !_byNumber.TryGetValue(family.Value, out Operation? operation)
            || operation.Group != @group.Key
            || operation.Kind == "wrong"
        select $"at {reading.At:F3} {family.Key} of {@group.Key} is {family.Value}, of {_byNumber.GetValueOrDefault(family.Value)}";

    /// <summary>A PUT sets all families of its group at once, so values of two PUTs must not occur together.</summary>
    private IEnumerable<string> FindParts(Reading reading)
    {
        foreach ((string group, IReadOnlyDictionary<string, long> families) in reading.Groups)
        {
            Operation[] whole = [.. families.Values.Distinct()
                .Select(number => _byNumber.GetValueOrDefault(number)).OfType<Operation>().Where(one => one.Kind == "put")];
            bool isPart = whole.Length > 1 || (whole is [{ } only] && !only.Effects.Keys.All(families.ContainsKey));
            if (isPart)
            {
                yield return $"at {reading.At:F3} {group} holds parts of {string.Join(" and ", whole.AsEnumerable())}";
            }
        }
    }
}
