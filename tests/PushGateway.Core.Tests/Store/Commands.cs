using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Core.Tests.Store;

/// <summary>
/// Random commands with few names and labels, so that they conflict. The same draw can create a push repeatedly, since a
/// store takes ownership of the families.
/// </summary>
internal sealed record DrawnCommand(string Key, PushMode? Mode, PushCheck Check, DrawnFamily[] Families, bool Wipes)
{
    private static readonly Gen<string> Keys =
        Gen.Elements("job=a", "job=b", "job=c", "job=a,instance=i", "job=a,instance=", "job=a,l=1");

    private static readonly Gen<DrawnCommand> Pushes =
        from key in Keys
        from mode in Gen.Elements(Enum.GetValues<PushMode>())
        from check in Gen.Elements(Enum.GetValues<PushCheck>())
        from count in Gen.Choose(0, 3)
        from families in DrawnFamily.Any.ArrayOf(count)
        select new DrawnCommand(key, mode, check, [.. families.DistinctBy(family => family.Name)], false);

    public static readonly Gen<DrawnCommand> Any = Gen.Frequency(
        (12, Pushes),
        (2, Keys.Select(key => new DrawnCommand(key, null, PushCheck.Checked, [], false))),
        (1, Keys.NonEmptyListOf().Select(keys => new DrawnCommand(string.Join(' ', keys), null, PushCheck.Checked, [], false))),
        (1, from key in Keys
            from family in DrawnFamily.Any
            select new DrawnCommand(key, null, PushCheck.Checked, [family], false)),
        (1, Gen.Constant(new DrawnCommand("job=a", null, PushCheck.Checked, [], true))));

    /// <summary>Some commands, one after the other.</summary>
    public static readonly Gen<DrawnCommand[]> Several =
        Gen.Choose(1, 15).SelectMany(count => Any.ArrayOf(count));

    public CommandResult ApplyTo(TestStore store) => this switch
    {
        { Wipes: true } => store.Store.Apply(new WipeCommand()),
        { Mode: { } mode } => store.Push(Key, mode, Check, [.. Families.Select(family => family.Build())]),
        { Families: [var family] } => store.Store.Apply(
            new DeleteFamilyCommand(TestStore.Key(Key), new Utf8String(family.Name))),
        _ when Key.Contains(' ', StringComparison.Ordinal) => store.Store.Apply(
            new DeleteGroupsCommand([.. Key.Split(' ').Select(key => new DeleteCommand(TestStore.Key(key)))])),
        _ => store.Delete(Key),
    };

    public DrawnCommand WithCheck(PushCheck check) => this with { Check = check };

    public override string ToString() => this switch
    {
        { Wipes: true } => "wipe",
        { Mode: null } => $"delete {string.Join<DrawnFamily>(" ", Families)} {Key}",
        _ => $"{Mode} {Check} {Key}: {string.Join<DrawnFamily>(" ", Families)}",
    };
}

internal sealed record DrawnFamily(string Name, MetricType Type, string? Help, string[] Labels, bool HasTimestamp)
{
    private static readonly Gen<string> LabelSets = Gen.Frequency(
        (6, Gen.Elements("", "l=1", "l=2", "m=1", "instance=i", "instance=", "job=z", "l=1,m=1")),
        (1, Gen.Elements("__l=1", "quantile=1", "le=1", "l=1,l=2")));

    public static readonly Gen<DrawnFamily> Any =
        from name in Gen.Frequency(
            (10, Gen.Elements("x", "x", "x_count", "x_sum", "x_bucket", "y", "x_count_sum")),
            (2, Gen.Elements("own", "own_total", "own_total_count", "push_time_seconds", "push_failure_time_seconds")))
        from type in Gen.Frequency(
            (3, Gen.Constant(MetricType.Gauge)),
            (4, Gen.Elements(MetricType.Counter, MetricType.Untyped, MetricType.Histogram, MetricType.Summary)))
        from help in Gen.Elements(null, "", "Own.", "other")
        from count in Gen.Frequency((1, Gen.Constant(0)), (4, Gen.Constant(1)), (3, Gen.Choose(2, 3)))
        from labels in LabelSets.ArrayOf(count)
        from timestamp in Gen.Frequency((30, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new DrawnFamily(name, type, help, labels, timestamp);

    public MetricFamily Build() => new()
    {
        Name = new(Name),
        Type = Type,
        Help = Help is null ? null : new Utf8String(Help),
        Metrics = [.. Labels.Select(labels => new Metric
        {
            Labels = labels.Length == 0 ? [] : TestStore.Key(labels).Labels,
            ValueType = Type,
            Summary = Type == MetricType.Summary ? new() : null,
            Histogram = Type == MetricType.Histogram ? new() { SampleCount = 3, SampleSum = 1 } : null,
            TimestampMs = HasTimestamp ? 5 : null,
        })],
    };

    public override string ToString() => $"{Type} {Name}({Help}){{{string.Join("|", Labels)}}}";
}
