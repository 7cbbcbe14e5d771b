using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Parsing;

namespace PushGateway.Core.Store;

/// <summary>
/// A family of a group: its sample lines, rendered when it was pushed, for scrapes to copy. Immutable. All families of
/// a push share two arrays, one for lines and one for hashes.
/// </summary>
/// <remarks>
/// A struct in the array of its group, so that a push of five families allocates four objects instead of twenty. What
/// the lines do not contain (the order of the push, native histograms, exemplars) is in <see cref="Supplement"/>, so
/// that <see cref="Decode"/> returns the pushed family.
/// </remarks>
public readonly struct StoredFamily
{
    private static long _lastStamp;

    /// <summary>Views the request body until the index replaces it by a header that all groups share.</summary>
    public FamilyHeader Header { get; init; }

    public Utf8String Name => Header.Name;

    /// <summary>When it was pushed, in nanoseconds since 1970.</summary>
    public long PushedAt { get; init; }

    /// <summary>Differs from that of every other push. Families with the same stamp and name have the same lines.</summary>
    internal long Stamp { get; init; }

    /// <summary>The sample lines in the text format, sorted, with names unescaped.</summary>
    public ReadOnlySpan<byte> Lines => Block.AsSpan(LinesStart, LinesLength);

    /// <summary>The hash of each metric's name and labels, in the order of the push.</summary>
    public ReadOnlySpan<UInt128> Series => Hashes.AsSpan(SeriesStart, MetricCount);

    public int MetricCount { get; init; }

    /// <summary>The number of metrics with a sample; see <see cref="Metric.HasSample"/>.</summary>
    public int SampleCount => MetricCount - EmptyMetricCount;

    /// <summary>The number of metrics without a sample.</summary>
    internal int EmptyMetricCount { get; init; }

    /// <summary>Whether it has names that must be escaped for scrapers that support only legacy names.</summary>
    public bool HasNamesToEscape { get; init; }

    /// <summary>Whether <c>MetricRules</c> finds a fault in one of its metrics.</summary>
    public bool HasFaults { get; init; }

    /// <summary>The lines of this family and of others of the same push.</summary>
    internal byte[] Block { get; init; }

    internal int LinesStart { get; init; }

    internal int LinesLength { get; init; }

    /// <summary>The hashes of this family's series and of others of the same push.</summary>
    internal UInt128[] Hashes { get; init; }

    internal int SeriesStart { get; init; }

    internal LineSupplement Supplement { get; init; }

    /// <summary>A stamp for the families of a push.</summary>
    internal static long NewStamp() => Interlocked.Increment(ref _lastStamp);

    /// <summary>Whether no other family has its lines in the same array.</summary>
    internal bool OwnsBlock => LinesLength == Block.Length;

    /// <summary>
    /// Whether each of <see cref="Lines"/> is a whole metric with plain names, without loss.
    /// </summary>
    internal bool IsLinePerMetric =>
        Supplement.Message is null && Header.Type is (MetricType.Counter or MetricType.Gauge or MetricType.Untyped);

    /// <summary>Whether the index of a store that contains the other family needs no change for this one.</summary>
    internal bool IsIndexedAs(in StoredFamily other) =>
        !HasFaults && !other.HasFaults && Header == other.Header && Series.SequenceEqual(other.Series);

    /// <summary>The same family with the header and the hashes of one that it <see cref="IsIndexedAs"/>.</summary>
    internal StoredFamily WithIndexOf(in StoredFamily other) =>
        this with { Header = other.Header, Hashes = other.Hashes, SeriesStart = other.SeriesStart };

    /// <summary>The family with its metrics in the order of the push.</summary>
    public MetricFamily Decode()
    {
        if (Supplement.Message is { } message)
        {
            return DecodeMessage(message);
        }
        MetricFamily family = ParseLines();
        if (Supplement.PushOrder is not { } order)
        {
            return family;
        }
        var pushed = new Metric[family.Metrics.Count];
        for (int i = 0; i < pushed.Length; i++)
        {
            pushed[order[i]] = family.Metrics[i];
        }
        return family.WithMetrics([.. pushed]);
    }

    /// <summary>The family with its metrics in the order of the exposition.</summary>
    public MetricFamily DecodeSorted()
    {
        if (Supplement.Message is not { } message)
        {
            return ParseLines();
        }
        MetricFamily family = DecodeMessage(message);
        return Supplement.PushOrder is { } order ? family.WithMetrics([.. order.Select(i => family.Metrics[i])]) : family;
    }

    private static MetricFamily DecodeMessage(byte[] message) =>
        ProtobufParser.TryParse(message, out List<MetricFamily>? families, out PushError? error) && families.Count == 1
            ? families[0]
            : throw new InvalidOperationException($"a stored family does not decode: {error}");

    /// <summary>Parses the lines behind a TYPE line, which determines how they form metrics.</summary>
    private MetricFamily ParseLines()
    {
        var text = new ArrayBufferWriter<byte>(LinesLength + 128);
        TextExposition.WriteHeader(Name, Header.Type, help: null, text);
        text.Write(Lines);
        if (!TextParser.TryParse(text.WrittenMemory, NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error)
            || families.Count != 1)
        {
            throw new InvalidOperationException($"the lines of a stored family do not parse: {error}");
        }
        MetricFamily family = families[0];
        family.Type = Header.Type;
        family.Help = Header.Help;
        return family;
    }
}

/// <summary>Name, type and help of a family. Groups share one object if all three are equal.</summary>
/// <param name="Help">Null if none was pushed.</param>
public sealed record FamilyHeader(Utf8String Name, MetricType Type, Utf8String? Help)
{
    /// <summary>The same header in its own memory.</summary>
    public FamilyHeader Copy() => new(Name.Copy(), Type, Help?.Copy());
}
