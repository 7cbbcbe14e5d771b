using System.Globalization;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Counts the contents of a body. Methods return false for what must not be stored, and <see cref="Excess"/> has the reason.
/// </summary>
internal struct LimitCounter(BodyLimits limits)
{
    // An exemplar needs more memory than a bucket.
    private const int PartsPerExemplar = 4;

    private readonly long _maxSeries = MaxOf(limits.Series);
    private readonly long _maxFamilies = MaxOf(limits.Families);
    private readonly long _maxParts = MaxOf(limits.Parts);
    private readonly long _maxNameBytes = MaxOf(limits.NameBytes);
    private readonly long _maxValueBytes = MaxOf(limits.ValueBytes);
    private long _series;
    private long _families;
    private long _parts;
    private bool _hasTooManySeries;

    /// <summary>The first limit that the body exceeds, or null.</summary>
    public PushError? Excess { get; private set; }

    /// <summary>The number of labels that a series of the body may have.</summary>
    public readonly long MaxLabels { get; } = MaxOf(limits.Labels) - limits.GroupLabels;

    /// <remarks>A line that fails is parsed twice if it has the same labels as the previous line.</remarks>
    public bool AddSeries()
    {
        if (_series < _maxSeries)
        {
            _series++;
            return true;
        }
        _hasTooManySeries = true;
        return Fail(LimitKind.Series, AtLeast(_maxSeries, "series"));
    }

    public bool AddFamily() =>
        ++_families <= _maxFamilies || Fail(LimitKind.Series, AtLeast(_maxFamilies, "metric families"));

    /// <summary>Adds a bucket, a quantile or other parts of a series.</summary>
    public bool AddParts(int count) =>
        (_parts += count) <= _maxParts || Fail(LimitKind.Series, AtLeast(_maxParts, "buckets, quantiles and exemplars"));

    /// <summary>Adds an exemplar without its labels, each of which counts as a part.</summary>
    public bool AddExemplar() => AddParts(PartsPerExemplar);

    public bool CheckName(Utf8String name, string what) =>
        name.Length <= _maxNameBytes || Fail(
            LimitKind.NameLength, $"a {what} has {name.Length} bytes, and at most {limits.NameBytes} are allowed");

    public bool CheckValue(Utf8String value) =>
        value.Length <= _maxValueBytes || Fail(
            LimitKind.ValueLength,
            $"a label value of a series has {value.Length} bytes, and at most {limits.ValueBytes} are allowed");

    /// <param name="count">The labels in the body.</param>
    public bool FailLabels(ReadOnlySpan<byte> family, long count)
    {
        string name = GoQuote.Quote(family);
        return Fail(
            LimitKind.Labels,
            $"a series of {name} has {count + limits.GroupLabels} labels with those of its group, and at most {limits.Labels} are allowed");
    }

    /// <summary>The exceeded limit after a parser stopped.</summary>
    /// <param name="isAtEnd">Whether nothing follows in the body, so that all series are counted.</param>
    public PushError? ExcessAt(bool isAtEnd)
    {
        if (isAtEnd && _hasTooManySeries)
        {
            Fail(LimitKind.Series, $"the push has {_maxSeries + 1} series, and at most {_maxSeries} are allowed");
        }
        return Excess;
    }

    private static FormattableString AtLeast(long max, string what) =>
        $"the push has at least {max + 1} {what}, and at most {max} are allowed";

    private static long MaxOf(long limit) => limit == 0 ? long.MaxValue : limit;

    private bool Fail(LimitKind limit, FormattableString message)
    {
        Excess = new PushError(message.ToString(CultureInfo.InvariantCulture)) { Limit = limit };
        return false;
    }
}
