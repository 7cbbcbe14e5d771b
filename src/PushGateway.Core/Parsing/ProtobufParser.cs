using System.Diagnostics.CodeAnalysis;
using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Parsing;

/// <summary>
/// Parses delimited protobuf: io.prometheus.client.MetricFamily messages, each prefixed with its length as a varint.
/// Accepts fields in any order, and skips unknown ones and those with another wire type, as protobuf requires.
/// </summary>
/// <remarks>
/// A metric has one value. Of several, the one of the family's type wins if the type precedes the metric (as with every
/// encoder), otherwise the first.
/// </remarks>
public sealed partial class ProtobufParser
{
    /// <summary>Typical for gauges with two labels.</summary>
    private const int BodyBytesPerLabel = 32;

    private readonly List<MetricFamily> _families = [];
    private readonly Dictionary<Utf8String, int> _positions = [];

    /// <summary>The labels of the current metric.</summary>
    private readonly SampleLabels _labels;

    private Histogram? _lastHistogram;

    private LimitCounter _limits;

    internal ProtobufParser(int bodyLength, BodyLimits? limits = null)
    {
        _labels = new SampleLabels(bodyLength / BodyBytesPerLabel);
        _limits = new LimitCounter(limits ?? BodyLimits.None);
    }

    /// <summary>Parses a whole body, however large.</summary>
    /// <inheritdoc cref="TryParse(ReadOnlyMemory{byte}, BodyLimits, out List{MetricFamily}, out PushError)"/>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error) =>
        TryParse(body, BodyLimits.None, out families, out error);

    /// <summary>
    /// Parses a body up to its end, or to what exceeds a limit. A later family replaces an earlier one of the same name.
    /// Strings are views of the body.
    /// Names, help texts and units are valid UTF-8; label values are not validated.
    /// </summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> body,
        BodyLimits limits,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        [NotNullWhen(false)] out PushError? error)
    {
        var parser = new ProtobufParser(body.Length, limits);
        var reader = new ProtoReader(body);
        while (!reader.AtEnd)
        {
            int outer = reader.EnterDelimited();
            parser.ReadFamily(ref reader);
            reader.Leave(outer);
        }
        error = reader.Error;
        families = error is null ? parser._families : null;
        return error is null;
    }

    /// <summary>Parses the message of one family. The parser is reusable.</summary>
    internal bool TryParseMessage(
        ReadOnlyMemory<byte> message,
        [NotNullWhen(true)] out MetricFamily? family,
        [NotNullWhen(false)] out PushError? error)
    {
        _families.Clear();
        _positions.Clear();
        var reader = new ProtoReader(message);
        ReadFamily(ref reader);
        error = reader.Error;
        family = error is null ? _families[0] : null;
        return error is null;
    }

    private void ReadFamily(ref ProtoReader reader)
    {
        Utf8String name = Utf8String.Empty;
        Utf8String? help = null;
        Utf8String? unit = null;
        MetricType type = MetricType.Counter;
        List<Metric> metrics = [];
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Family.Name:
                    name = reader.ReadString();
                    break;
                case Proto.Family.Help:
                    help = reader.ReadString();
                    break;
                case Proto.Family.Type:
                    type = ReadType(ref reader) ?? type;
                    break;
                case Proto.Family.Metric:
                    if (_limits.AddSeries())
                    {
                        metrics.Add(ReadMetric(ref reader, name, type));
                    }
                    else
                    {
                        reader.Reject(_limits.Excess!);
                    }
                    break;
                case Proto.Family.Unit:
                    unit = reader.ReadString();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        Add(ref reader, new MetricFamily { Name = name, Help = help, Type = type, Unit = unit, Metrics = metrics });
    }

    // Unlike upstream, which stores families without a name or with invalid UTF-8, and then truncates every scrape.
    private void Add(ref ProtoReader reader, MetricFamily family)
    {
        if (!_limits.CheckName(family.Name, "metric name") || !_limits.AddFamily())
        {
            reader.Reject(_limits.Excess!);
        }
        else if (family.Name.IsEmpty)
        {
            reader.Reject("a metric family without a name");
        }
        else if (!family.Name.IsValidUtf8)
        {
            reader.Reject($"the name of metric family {GoQuote.Quote(family.Name.Span)} is not UTF-8");
        }
        else if (family.Help is { IsValidUtf8: false })
        {
            reader.Reject($"the help of metric family {GoQuote.Quote(family.Name.Span)} is not UTF-8");
        }
        else if (family.Unit is { IsValidUtf8: false })
        {
            reader.Reject($"the unit of metric family {GoQuote.Quote(family.Name.Span)} is not UTF-8");
        }
        else if (_positions.TryAdd(family.Name, _families.Count))
        {
            _families.Add(family);
        }
        else
        {
            _families[_positions[family.Name]] = family;
        }
    }

    /// <summary>Null for an unknown type, which protobuf treats as absent.</summary>
    private static MetricType? ReadType(ref ProtoReader reader)
    {
        int number = (int)reader.ReadVarint();
        return number is >= (int)MetricType.Counter and <= (int)MetricType.GaugeHistogram ? (MetricType)number : null;
    }

    private Metric ReadMetric(ref ProtoReader reader, Utf8String family, MetricType familyType)
    {
        var metric = new Metric();
        long excessLabels = 0;
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Metric.Label:
                    AddLabel(ref reader, ref excessLabels);
                    break;
                case Proto.Metric.TimestampMs:
                    metric.TimestampMs = (long)reader.ReadVarint();
                    break;
                case Proto.Metric.Gauge:
                case Proto.Metric.Counter:
                case Proto.Metric.Summary:
                case Proto.Metric.Untyped:
                case Proto.Metric.Histogram:
                    ReadValue(ref reader, tag, metric, familyType);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        if (excessLabels > 0)
        {
            _limits.FailLabels(family.Span, _labels.Count + excessLabels);
            reader.Reject(_limits.Excess!);
        }
        metric.Labels = _labels.Detach();
        return metric;
    }

    /// <param name="excess">The labels of the metric that are not stored, because there are too many.</param>
    private void AddLabel(ref ProtoReader reader, ref long excess)
    {
        if (_labels.Count >= _limits.MaxLabels)
        {
            excess++;
            reader.Skip(Proto.Metric.Label);
            return;
        }
        Label label = ReadLabel(ref reader);
        if (_limits.CheckName(label.Name, "label name of a series") && _limits.CheckValue(label.Value))
        {
            _labels.Add(label);
        }
        else
        {
            reader.Reject(_limits.Excess!);
        }
    }

    private void ReadValue(ref ProtoReader reader, uint tag, Metric metric, MetricType familyType)
    {
        MetricType type = tag switch
        {
            Proto.Metric.Gauge => MetricType.Gauge,
            Proto.Metric.Counter => MetricType.Counter,
            Proto.Metric.Summary => MetricType.Summary,
            Proto.Metric.Untyped => MetricType.Untyped,
            _ => MetricType.Histogram,
        };
        MetricType? present = metric.ValueType;
        if (!TrySetType(metric, type, familyType))
        {
            reader.Skip(tag);
            return;
        }
        if (present != type && type is not (MetricType.Summary or MetricType.Histogram))
        {
            metric.IsNumberAbsent = true;
        }
        int outer = reader.Enter();
        switch (type)
        {
            case MetricType.Summary:
                ReadSummary(ref reader, metric.Summary ??= new Summary());
                break;
            case MetricType.Histogram:
                ReadHistogram(ref reader, metric.Histogram ??= NewHistogram());
                break;
            case MetricType.Counter:
                ReadCounter(ref reader, metric);
                break;
            default:
                ReadNumber(ref reader, metric);
                break;
        }
        reader.Leave(outer);
    }

    private Histogram NewHistogram() => _lastHistogram = DistributionBuilder.NewHistogram(_lastHistogram);

    /// <summary>Whether to read a value of this type. Drops a value of another type that it overrides.</summary>
    private static bool TrySetType(Metric metric, MetricType type, MetricType familyType)
    {
        if (metric.ValueType is { } current && current != type)
        {
            MetricType wanted = familyType == MetricType.GaugeHistogram ? MetricType.Histogram : familyType;
            if (type != wanted)
            {
                return false;
            }
            metric.Number = 0;
            metric.Summary = null;
            metric.Histogram = null;
            metric.Exemplar = null;
            metric.Created = null;
        }
        metric.ValueType = type;
        return true;
    }

    /// <summary>Reads a Gauge or an Untyped.</summary>
    private static void ReadNumber(ref ProtoReader reader, Metric metric)
    {
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == Proto.Number.Value)
            {
                metric.Number = reader.ReadDouble();
                metric.IsNumberAbsent = false;
            }
            else
            {
                reader.Skip(tag);
            }
        }
    }

    private void ReadCounter(ref ProtoReader reader, Metric metric)
    {
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Number.Value:
                    metric.Number = reader.ReadDouble();
                    metric.IsNumberAbsent = false;
                    break;
                case Proto.Number.Exemplar:
                    metric.Exemplar = ReadExemplar(ref reader, metric.Exemplar);
                    break;
                case Proto.Number.Created:
                    metric.Created = ReadTimestamp(ref reader, metric.Created);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>Reads a label, or another pair of texts of the same form.</summary>
    internal static Label ReadLabel(ref ProtoReader reader)
    {
        Utf8String name = default;
        Utf8String value = default;
        int outer = reader.Enter();
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case Proto.Label.Name:
                    name = reader.ReadString();
                    break;
                case Proto.Label.Value:
                    value = reader.ReadString();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        reader.Leave(outer);
        if (!name.IsValidUtf8)
        {
            reader.Reject($"the label name {GoQuote.Quote(name.Span)} is not UTF-8");
        }
        return new Label(name, value);
    }
}
