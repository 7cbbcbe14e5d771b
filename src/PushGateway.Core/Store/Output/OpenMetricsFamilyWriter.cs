using System.IO.Pipelines;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Rendering;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Output;

/// <summary>
/// Writes one family of an OpenMetrics scrape, in pieces: where possible by copying lines, decoded where it has exemplars,
/// start times, native histograms or names to escape.
/// </summary>
internal sealed class OpenMetricsFamilyWriter
{
    private static readonly (SampleKind Kind, byte[] Suffix)[] Whole = [(SampleKind.All, [])];

    private readonly FamilyView? _stored;
    private readonly OpenMetricsFamily _family;
    private readonly NameEscaping _escaping;
    private readonly OpenMetricsConversions _conversions;
    private readonly Utf8String? _help;
    private readonly Utf8String? _unit;

    /// <summary>The decoded family if the gateway has samples of its own; null to go by the parts.</summary>
    private readonly MetricFamily? _merged;

    /// <summary>What to write one after the other, each below a header.</summary>
    private readonly (SampleKind Kind, byte[] Suffix)[] _sections;

    private int _section = -1;

    /// <summary>The next part of the section, and the bytes of it that are written already.</summary>
    private int _next;
    private int _offset;

    /// <summary>The series of the section, once names had to be escaped.</summary>
    private HashSet<UInt128>? _series;

    public OpenMetricsFamilyWriter(
        ExposedFamily exposed, OpenMetricsFamily family, NameEscaping escaping, OpenMetricsConversions conversions)
    {
        _family = family;
        _escaping = escaping;
        _conversions = conversions;
        _stored = exposed.Stored;
        _merged = exposed.Own is null ? null : exposed.Merge();
        _help = exposed.Help;
        _unit = _merged is null ? UnitOf(exposed.Stored!) : exposed.Own!.Unit;
        if (family is { IsDistribution: true, Form: OpenMetricsForm.Typed } && !IsValid())
        {
            family.Form = OpenMetricsForm.Unknown;
            conversions.Add(OpenMetricsConversion.Distribution);
        }
        _sections = family is { IsDistribution: true, Form: OpenMetricsForm.Unknown } ? family.Parts.ToArray() : Whole;
    }

    private int Count => _stored is null || _merged is not null ? 1 : _stored.Count;

    /// <summary>Writes until it is time to flush. False when all is written.</summary>
    public bool WriteSome(PipeWriter output)
    {
        while (output.UnflushedBytes < SnapshotExposition.FlushBytes)
        {
            if (_section < 0 || _next == Count)
            {
                if (++_section == _sections.Length)
                {
                    return false;
                }
                _next = 0;
                _series = null;
                OpenMetricsExposition.WriteHeader(_family, _sections[_section].Suffix, _help, _unit, output, _conversions);
            }
            WriteParts(output);
        }
        return true;
    }

    private void WriteParts(PipeWriter output)
    {
        if (_merged is not null)
        {
            WriteDecoded(output, _merged);
            return;
        }
        bool usesLines = _sections == Whole;
        var writer = new ByteWriter(output);
        long unflushed = output.UnflushedBytes;
        while (_next < _stored!.Count && unflushed < SnapshotExposition.FlushBytes)
        {
            ref readonly StoredFamily part = ref _stored[_next];
            if (!usesLines || part.Supplement.Message is not null)
            {
                writer.Commit();
                WriteDecoded(output, _stored.PartAt(_next).DecodeSorted());
                unflushed = output.UnflushedBytes;
                continue;
            }
            ReadOnlySpan<byte> lines = _stored.Runs is { } runs ? runs[_next].Lines : part.Lines;
            ReadOnlySpan<byte> piece = Piece(lines[_offset..], (int)(SnapshotExposition.FlushBytes - unflushed));
            WriteLines(ref writer, piece);
            unflushed += piece.Length;
            _offset += piece.Length;
            if (_offset == lines.Length)
            {
                _offset = 0;
                _next++;
            }
        }
        writer.Commit();
    }

    private void WriteLines(ref ByteWriter writer, ReadOnlySpan<byte> lines)
    {
        if (_family.IsDistribution)
        {
            SampleLineOpenMetrics.WriteDistributions(ref writer, lines, _family.Name.Length, _family.Type);
        }
        else
        {
            SampleLineOpenMetrics.WriteNumbers(ref writer, lines, _family.ShownType == MetricType.Counter, _conversions);
        }
    }

    private void WriteDecoded(PipeWriter output, MetricFamily family)
    {
        List<Metric> metrics = family.Metrics;
        if (_stored is not null
            && (_merged is not null || (_escaping != NameEscaping.None && !TextRoundTrip.HasPlainNames(family))))
        {
            _series ??= _merged is null ? PlainSeries(_stored) : [];
            metrics = metrics.ConvertAll(metric => metric.WithLabels(OpenMetricsLabels.Escape(metric.Labels, _escaping)))
                .FindAll(metric => IsNew(metric, _stored.Header.Name));
        }
        OpenMetricsExposition.WriteSamples(_family, metrics, _sections[_section].Kind, output, _conversions);
        _next++;
    }

    /// <summary>False for a metric with a label twice, or the labels of one that is written already.</summary>
    private bool IsNew(Metric metric, Utf8String name)
    {
        bool isNew = OpenMetricsLabels.AreDistinct(metric.Labels)
            && _series!.Add(SeriesHash.Of(name.Span, metric.Labels));
        if (!isNew)
        {
            _conversions.Add(OpenMetricsConversion.DuplicateSeries);
        }
        return isNew;
    }

    /// <summary>The series that keep their names.</summary>
    private static HashSet<UInt128> PlainSeries(FamilyView stored)
    {
        var series = new HashSet<UInt128>();
        foreach (StoredFamily part in stored)
        {
            if (part.Supplement.Message is null || TextRoundTrip.HasPlainNames(part.Decode()))
            {
                series.UnionWith(part.Series.ToArray());
            }
        }
        return series;
    }

    private bool IsValid()
    {
        if (_merged is not null)
        {
            return _merged.Metrics.TrueForAll(metric => OpenMetricsRules.IsValid(_family.Type, metric));
        }
        for (int i = 0; i < _stored!.Count; i++)
        {
            StoredFamily part = _stored.PartAt(i);
            bool isValid = part.Supplement.Message is null
                ? SampleLineOpenMetrics.AreValid(part.Lines, part.Name.Length, _family.Type)
                : part.DecodeSorted().Metrics.TrueForAll(metric => OpenMetricsRules.IsValid(_family.Type, metric));
            if (!isValid)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>As much as fits of some lines, but at least one.</summary>
    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> lines, int maxBytes)
    {
        if (lines.Length <= maxBytes)
        {
            return lines;
        }
        int length = lines[..maxBytes].LastIndexOf((byte)'\n') + 1;
        return lines[..(length > 0 ? length : lines.IndexOf((byte)'\n') + 1)];
    }

    /// <summary>The unit that the first group pushed, as its type and help count for all.</summary>
    private static Utf8String? UnitOf(FamilyView stored) =>
        stored[0].Supplement.Message is null ? null : stored.PartAt(0).Decode().Unit;
}
