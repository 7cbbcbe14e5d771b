using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Output;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Store.Merging;

/// <summary>
/// A pushed family merged with a stored one that has all its series. Writes new numbers after the names and labels of the stored
/// lines, without parsing or rendering the labels again.
/// </summary>
/// <remarks>The series of most pushes are stored already, so a sum costs little more than a POST that replaces (bench/compare/merge.py).</remarks>
internal sealed class LineSum
{
    private readonly StoredFamily _stored;
    private readonly FamilyHeader _header;

    /// <summary>The new number of each line.</summary>
    private readonly double[] _numbers;

    private LineSum(in StoredFamily stored, FamilyHeader header, double[] numbers)
    {
        _stored = stored;
        _header = header;
        _numbers = numbers;
    }

    public int SeriesCount => _stored.MetricCount;

    /// <summary>The maximum bytes of names, labels and values.</summary>
    public long MaxLength => _stored.LinesLength + ((long)GoNumber.MaxLength * _numbers.Length);

    /// <summary>Null if lines do not suffice, or for an error, which <see cref="FamilyMerger"/> then reports.</summary>
    /// <param name="pushed">A family of the same type as the stored one. Each metric is valid.</param>
    /// <param name="series">The hash of each pushed metric's name and labels.</param>
    public static LineSum? TryAdd(in StoredFamily stored, MetricFamily pushed, ReadOnlySpan<UInt128> series, MergeRule rule)
    {
        if (!stored.IsLinePerMetric
            || stored.HasFaults
            || pushed.Unit is not null
            || !TryFindPlaces(stored, series, out int[]? metricAt))
        {
            return null;
        }
        int[]? order = stored.Supplement.PushOrder;
        double[] numbers = new double[stored.MetricCount];
        var reader = new SampleLineReader(stored);
        for (int line = 0; reader.TryReadLine(); line++)
        {
            int place = order is null ? line : order[line];
            int metric = metricAt is null ? place : metricAt[place];
            if (!TryMerge(reader, metric < 0 ? null : pushed.Metrics[metric], pushed.Type, rule, out numbers[line]))
            {
                return null;
            }
        }
        Utf8String? help = pushed.Help ?? stored.Header.Help;
        bool isSame = help is null || help == stored.Header.Help;
        FamilyHeader header = isSame ? stored.Header : stored.Header with { Help = help };
        return new LineSum(stored, header, numbers);
    }

    /// <summary>Writes the lines. The stored family must be unchanged.</summary>
    /// <param name="hashes">Receives the hashes of the series.</param>
    public StoredFamily Render(long pushedAt, PooledBuffer lines, UInt128[] hashes, int seriesStart)
    {
        _stored.Series.CopyTo(hashes.AsSpan(seriesStart));
        int linesStart = lines.WrittenCount;
        var writer = new ByteWriter(lines);
        ReadOnlySpan<byte> rest = _stored.Lines;
        foreach (double number in _numbers)
        {
            int length = rest.IndexOf((byte)'\n');
            writer.Write(rest[..(rest[..length].LastIndexOf((byte)' ') + 1)]);
            writer.WriteNumber(number);
            writer.Write((byte)'\n');
            rest = rest[(length + 1)..];
        }
        writer.Commit();
        return _stored with
        {
            Header = _header,
            PushedAt = pushedAt,
            LinesStart = linesStart,
            LinesLength = lines.WrittenCount - linesStart,
            Hashes = hashes,
            SeriesStart = seriesStart,
        };
    }

    /// <summary>Finds the pushed metric at each place of the stored family; -1 where there is none.</summary>
    /// <param name="metricAt">Null if each metric is at its own place.</param>
    private static bool TryFindPlaces(in StoredFamily stored, ReadOnlySpan<UInt128> series, out int[]? metricAt)
    {
        metricAt = null;
        if (stored.Series.SequenceEqual(series))
        {
            return true;
        }
        metricAt = new int[stored.MetricCount];
        Array.Fill(metricAt, -1);
        var places = new SeriesPlaces(stored.Series);
        for (int i = 0; i < series.Length; i++)
        {
            if (places.Find(series[i]) is not { IsTaken: false, Index: { } place })
            {
                return false;
            }
            metricAt[place] = i;
        }
        return true;
    }

    /// <param name="pushed">Null if the push does not have the series.</param>
    private static bool TryMerge(
        in SampleLineReader line, Metric? pushed, MetricType type, MergeRule rule, out double number)
    {
        number = 0;
        if (pushed is null)
        {
            return GoNumber.TryParse(line.Value, out number);
        }
        if (!pushed.IsNumberOnly)
        {
            return false;
        }
        bool isReplaced = rule.Mode == MergeMode.Series || (type != MetricType.Counter && rule.Gauges == GaugeRule.Last);
        if (isReplaced)
        {
            number = pushed.Number;
        }
        else
        {
            if (!GoNumber.TryParse(line.Value, out double stored) || (type == MetricType.Counter && !MetricSum.IsCount(stored)))
            {
                return false;
            }
            number = type == MetricType.Counter
                ? stored + pushed.Number
                : MetricSum.Combine(stored, pushed.Number, rule.Gauges);
        }
        return TextRoundTrip.IsLossless(number);
    }
}
