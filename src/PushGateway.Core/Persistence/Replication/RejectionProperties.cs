using System.Globalization;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Replication;

/// <summary>The last rejection of a group as properties of its row. A version skips unknown properties.</summary>
internal static class RejectionProperties
{
    /// <summary>Time and reason, with a blank between them.</summary>
    private static readonly Utf8String RejectionName = new("rejection");
    private static readonly Utf8String KindName = new("rejection_kind");
    private static readonly Utf8String FamilyName = new("rejection_family");

    /// <summary>Types are numbers, as in io.prometheus.client.MetricType.</summary>
    private static readonly Utf8String HereName = new("rejection_here");
    private static readonly Utf8String ThereName = new("rejection_there");
    private static readonly Utf8String LineName = new("rejection_line");
    private static readonly Utf8String HintName = new("rejection_hint");

    /// <summary>Encoded like the key of a row. One property for each group.</summary>
    private static readonly Utf8String GroupName = new("rejection_group");

    /// <param name="rejection">Null for none.</param>
    public static IEnumerable<Label> Of(RejectedPush? rejection)
    {
        if (rejection is null)
        {
            yield break;
        }
        yield return new Label(RejectionName, new Utf8String($"{rejection.At} {rejection.Message}"));
        if (rejection.Cause is not { } cause)
        {
            yield break;
        }
        (Utf8String Name, string? Value)[] values =
        [
            (KindName, cause.Kind?.Word()),
            (FamilyName, cause.Family),
            (HereName, Text((int?)cause.Here)),
            (ThereName, Text((int?)cause.There)),
            (LineName, Text(cause.Line)),
            (HintName, cause.Hint.Length > 0 ? cause.Hint : null),
        ];
        foreach ((Utf8String name, string? value) in values)
        {
            if (value is not null)
            {
                yield return new Label(name, new Utf8String(value));
            }
        }
        foreach (GroupingKey key in cause.Groups)
        {
            yield return new Label(GroupName, new Utf8String(GroupRow.EncodeKey(key)));
        }
    }

    /// <summary>Null if the properties have none.</summary>
    public static RejectedPush? Read(IReadOnlyList<Label> properties)
    {
        string text = Find(properties, RejectionName) ?? "";
        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && long.TryParse(text.AsSpan(0, blank), out long at)
            ? new RejectedPush(text[(blank + 1)..], at) { Cause = ReadCause(properties) }
            : null;
    }

    private static RejectionCause ReadCause(IReadOnlyList<Label> properties) => new(RejectionKinds.Find(Find(properties, KindName)))
    {
        Family = Find(properties, FamilyName),
        Here = (MetricType?)Number(properties, HereName),
        There = (MetricType?)Number(properties, ThereName),
        Line = Number(properties, LineName),
        Hint = Find(properties, HintName) ?? "",
        Groups =
        [
            .. properties.Where(property => property.Name == GroupName)
                .Select(property => GroupRowDecoder.DecodeKey(property.Value.Memory)),
        ],
    };

    private static string? Find(IReadOnlyList<Label> properties, Utf8String name)
    {
        Label found = properties.FirstOrDefault(property => property.Name == name);
        return found.Name.IsEmpty ? null : found.Value.ToString();
    }

    private static int? Number(IReadOnlyList<Label> properties, Utf8String name) =>
        int.TryParse(Find(properties, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
