namespace PushGateway.Core.Store.Consistency;

/// <summary>The names that a summary or histogram reserves in addition to its own, since its samples use them.</summary>
internal static class ReservedSuffixes
{
    /// <summary>A summary x reserves x_sum and x_count; a histogram also reserves x_bucket.</summary>
    /// <param name="typeOf">The type of a stored family; null if none has the name.</param>
    public static Conflict? FindConflict(FamilyHeader family, Func<Utf8String, MetricType?> typeOf)
    {
        if (FindOwner(family.Name, typeOf) is { } owner)
        {
            return new Conflict(ConflictKind.NameReservedByOther, family, OtherName: owner.Name, OtherType: owner.Type);
        }
        return FindReserved(family.Name, family.Type, name => typeOf(name) is not null) is { } reserved
            ? new Conflict(ConflictKind.ReservesNameOfOther, family, OtherName: reserved)
            : null;
    }

    /// <summary>The stored summary or histogram that reserves a name, or null.</summary>
    /// <param name="typeOf">The type of a stored family; null if none has the name.</param>
    private static (Utf8String Name, MetricType Type)? FindOwner(
        Utf8String name, Func<Utf8String, MetricType?> typeOf)
    {
        ReadOnlySpan<byte> bytes = name.Span;
        bool isBucket = bytes.EndsWith("_bucket"u8);
        int suffixLength = bytes.EndsWith("_count"u8) ? "_count"u8.Length
            : bytes.EndsWith("_sum"u8) ? "_sum"u8.Length
            : isBucket ? "_bucket"u8.Length
            : 0;
        if (suffixLength == 0 || suffixLength == name.Length)
        {
            return null;
        }
        Utf8String owner = name[..^suffixLength];
        return typeOf(owner) switch
        {
            MetricType.Histogram => (owner, MetricType.Histogram),
            MetricType.Summary when !isBucket => (owner, MetricType.Summary),
            _ => null,
        };
    }

    /// <summary>The stored family whose name a summary or histogram would reserve, or null.</summary>
    private static Utf8String? FindReserved(Utf8String name, MetricType type, Func<Utf8String, bool> isStored)
    {
        if (type is MetricType.Summary or MetricType.Histogram)
        {
            foreach (string suffix in type == MetricType.Summary ? SummarySuffixes : HistogramSuffixes)
            {
                var reserved = new Utf8String([.. name.Span, .. suffix.Select(c => (byte)c)]);
                if (isStored(reserved))
                {
                    return reserved;
                }
            }
        }
        return null;
    }

    private static readonly string[] SummarySuffixes = ["_count", "_sum"];
    private static readonly string[] HistogramSuffixes = ["_count", "_sum", "_bucket"];
}

/// <summary>
/// A metric family of the gateway's own. A pushed family of that name must have its type, whether or not the gateway
/// has exposed it yet.
/// </summary>
/// <remarks>
/// A push with another help is stored with <paramref name="Help"/> if <paramref name="CorrectsHelp"/>, and rejected as
/// inconsistent otherwise. Upstream: the former for families that the Go Pushgateway exposes from its start, the latter
/// for families that it exposes from their first use.
/// </remarks>
public sealed record ReservedFamily(Utf8String Name, MetricType Type, Utf8String Help, bool CorrectsHelp);
