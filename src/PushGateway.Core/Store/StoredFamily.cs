using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;

namespace PushGateway.Core.Store;

/// <summary>
/// A family as a group holds it: its sample lines as they are scraped, rendered when it was pushed. Immutable. All
/// families of a push share two arrays, one for their lines and one for their hashes.
/// </summary>
/// <remarks>
/// A value, in the array of its group: a push of five families leaves four objects behind, not twenty, which the
/// garbage collector has to keep up with. What the lines do not tell (the order of the push, native histograms,
/// exemplars) is kept beside them only where there is something to tell, so that <see cref="Decode"/> gives back the
/// family as it was pushed.
/// </remarks>
public readonly struct StoredFamily
{
    /// <summary>At first it views the request body; the index replaces it by one that all groups share.</summary>
    public FamilyHeader Header { get; init; }

    public Utf8String Name => Header.Name;

    /// <summary>When it was pushed, in nanoseconds since 1970.</summary>
    public long PushedAt { get; init; }

    /// <summary>The sample lines in the text format, sorted, with names unescaped.</summary>
    public ReadOnlySpan<byte> Lines => Block.AsSpan(LinesStart, LinesLength);

    /// <summary>The hash of each metric's name and labels, in the order of the push.</summary>
    public ReadOnlySpan<UInt128> Series => Hashes.AsSpan(SeriesStart, MetricCount);

    public int MetricCount { get; init; }

    /// <summary>Whether it has names that only a reader of <see cref="NameEscaping.None"/> can be shown as they are.</summary>
    public bool HasNamesToEscape { get; init; }

    /// <summary>Whether it has a metric that <c>MetricRules</c> finds at fault.</summary>
    public bool HasFaults { get; init; }

    /// <summary>The lines of this family and of others that came with it.</summary>
    internal byte[] Block { get; init; }

    internal int LinesStart { get; init; }

    internal int LinesLength { get; init; }

    /// <summary>The hashes of this family's series and of others'.</summary>
    internal UInt128[] Hashes { get; init; }

    internal int SeriesStart { get; init; }

    internal LineSupplement Supplement { get; init; }

    /// <summary>Whether no other family has its lines in the same array.</summary>
    internal bool OwnsBlock => LinesLength == Block.Length;

    /// <summary>
    /// Whether each of <see cref="Lines"/> is a whole metric with plain names, and tells all there is to tell.
    /// </summary>
    internal bool IsLinePerMetric =>
        Supplement.Message is null && Header.Type is (MetricType.Counter or MetricType.Gauge or MetricType.Untyped);

    /// <summary>Whether the index, which knows the other one, knows this one as well.</summary>
    internal bool IsIndexedAs(in StoredFamily other) =>
        !HasFaults && !other.HasFaults && Header == other.Header && Series.SequenceEqual(other.Series);

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

    /// <summary>Reads the lines back, under a TYPE line that says how to put them together.</summary>
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

/// <summary>What the families of one name have in common where they agree: shared by all groups that hold them.</summary>
/// <param name="Help">Null where no help was given.</param>
public sealed record FamilyHeader(Utf8String Name, MetricType Type, Utf8String? Help)
{
    /// <summary>The same header in memory of its own.</summary>
    public FamilyHeader Copy() => new(Name.Copy(), Type, Help?.Copy());
}
