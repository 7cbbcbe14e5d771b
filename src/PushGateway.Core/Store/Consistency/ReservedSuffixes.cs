using PushGateway.Core.Model;

namespace PushGateway.Core.Store.Consistency;

/// <summary>The names that a summary or histogram takes for itself beside its own, since it is scraped under them.</summary>
internal static class ReservedSuffixes
{
    /// <summary>A summary x claims x_sum and x_count; a histogram claims x_bucket as well.</summary>
    /// <param name="typeOf">The type of a stored family, null if there is none.</param>
    public static Conflict? FindConflict(FamilyHeader family, Func<Utf8String, MetricType?> typeOf)
    {
        if (FindClaimant(family.Name, typeOf) is { } claimant)
        {
            return new Conflict(ConflictKind.NameReservedByOther, family, OtherName: claimant.Name, OtherType: claimant.Type);
        }
        return FindClaimed(family.Name, family.Type, name => typeOf(name) is not null) is { } claimed
            ? new Conflict(ConflictKind.ReservesNameOfOther, family, OtherName: claimed)
            : null;
    }

    /// <summary>The stored summary or histogram that claims a name, if there is one.</summary>
    /// <param name="typeOf">The type of a stored family, null if there is none.</param>
    private static (Utf8String Name, MetricType Type)? FindClaimant(
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
        Utf8String claimant = name[..^suffixLength];
        return typeOf(claimant) switch
        {
            MetricType.Histogram => (claimant, MetricType.Histogram),
            MetricType.Summary when !isBucket => (claimant, MetricType.Summary),
            _ => null,
        };
    }

    /// <summary>The stored family whose name a summary or histogram would claim, if there is one.</summary>
    private static Utf8String? FindClaimed(Utf8String name, MetricType type, Func<Utf8String, bool> isStored)
    {
        if (type is MetricType.Summary or MetricType.Histogram)
        {
            foreach (string suffix in type == MetricType.Summary ? SummarySuffixes : HistogramSuffixes)
            {
                var claimed = new Utf8String([.. name.Span, .. suffix.Select(c => (byte)c)]);
                if (isStored(claimed))
                {
                    return claimed;
                }
            }
        }
        return null;
    }

    private static readonly string[] SummarySuffixes = ["_count", "_sum"];
    private static readonly string[] HistogramSuffixes = ["_count", "_sum", "_bucket"];
}

/// <summary>
/// A metric family of the gateway's own: its name is taken, so a push must agree with its type, whether or not the
/// gateway has exposed it yet.
/// </summary>
/// <remarks>
/// What becomes of a push with another help: if <paramref name="CorrectsHelp"/>, it is stored with
/// <paramref name="Help"/>; if not, it is refused as inconsistent. Upstream: the first for the families that the Go
/// Pushgateway exposes from its start, the second for those that it exposes from their first use.
/// </remarks>
public sealed record ReservedFamily(Utf8String Name, MetricType Type, Utf8String Help, bool CorrectsHelp);
