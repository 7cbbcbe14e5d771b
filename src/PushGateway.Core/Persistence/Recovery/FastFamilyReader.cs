using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>
/// A family of a restored group as its protobuf message, of the kind that most are: counters, gauges or untyped
/// metrics, each with the labels of the group and a value that lines tell. Rendered as by <see cref="FamilyRenderer"/>.
/// </summary>
/// <remarks>
/// For one message after the other: the metrics that it is read into serve again. It takes only what encoders write,
/// with fields in order and none left out; what it does not take may be as good, and has to be decoded.
/// </remarks>
internal sealed class FastFamilyReader
{
    /// <summary>Metrics that were made so far; those of the family at hand are the first.</summary>
    private readonly List<Metric> _made = [];

    private readonly List<Metric> _metrics = [];
    private Label[] _labels = new Label[64];
    private int _labelCount;
    private GroupingKey _key = new([]);
    private bool _keyIsPlain;

    private Utf8String _name;
    private MetricType _type;
    private Utf8String? _help;

    public int MetricCount => _metrics.Count;

    /// <summary>Whether it has that name, type and help.</summary>
    public bool Has(FamilyHeader header) => header.Name == _name && header.Type == _type && header.Help == _help;

    /// <summary>Its name, type and help, in memory of their own.</summary>
    public FamilyHeader CopyHeader() => new FamilyHeader(_name, _type, _help).Copy();

    /// <summary>Takes the labels that the metrics of the messages to come must have.</summary>
    public void Begin(GroupingKey key)
    {
        _key = key;
        _keyIsPlain = Array.TrueForAll(key.SeriesLabels, label => IsPlain(label.Name) && label.Value.IsValidUtf8);
    }

    /// <summary>False where the message is of another kind, damaged ones included.</summary>
    public bool TryRead(ReadOnlyMemory<byte> message)
    {
        _metrics.Clear();
        _labelCount = 0;
        var reader = new ProtoReader(message);
        if (!_keyIsPlain || !TryReadHeader(ref reader, out uint tag))
        {
            return false;
        }
        uint valueTag = _type switch
        {
            MetricType.Counter => Proto.Metric.Counter,
            MetricType.Gauge => Proto.Metric.Gauge,
            MetricType.Untyped => Proto.Metric.Untyped,
            _ => 0,
        };
        while (tag == Proto.Family.Metric && valueTag != 0)
        {
            if (!TryReadMetric(ref reader, valueTag))
            {
                return false;
            }
            if (!reader.TryReadTag(out tag))
            {
                return reader.Error is null;
            }
        }
        return false;
    }

    /// <summary>Writes the sample lines, and gives their order as <see cref="LineSupplement"/> has it.</summary>
    /// <param name="series">For as many hashes as there are metrics.</param>
    /// <param name="likelyOrder">The same is given where it is right.</param>
    public int[]? Render(IBufferWriter<byte> lines, Span<UInt128> series, int[]? likelyOrder)
    {
        int[]? order = SampleOrder.Sort(_metrics, likelyOrder);
        TextExposition.WriteSamples(_name, _type, _metrics, order, lines, namesArePlain: true);
        UInt128 nameHash = SeriesHash.OfName(_name.Span);
        for (int i = 0; i < series.Length; i++)
        {
            series[i] = nameHash + _key.HashLabels(_metrics[i].Labels);
        }
        return order;
    }

    /// <summary>name [help] type, and the tag that follows.</summary>
    private bool TryReadHeader(ref ProtoReader reader, out uint tag)
    {
        if (!reader.TryReadTag(out tag) || tag != Proto.Family.Name)
        {
            return false;
        }
        Utf8String name = reader.ReadString();
        Utf8String? help = null;
        if (reader.TryReadTag(out tag) && tag == Proto.Family.Help)
        {
            help = reader.ReadString();
            reader.TryReadTag(out tag);
        }
        if (tag != Proto.Family.Type)
        {
            return false;
        }
        (_name, _type, _help) = (name, (MetricType)reader.ReadVarint(), help);
        return reader.TryReadTag(out tag)
            && NameRules.IsLegacyMetricName(name.Span)
            && help is not { IsValidUtf8: false };
    }

    /// <summary>label* value</summary>
    private bool TryReadMetric(ref ProtoReader reader, uint valueTag)
    {
        int firstLabel = _labelCount;
        int ofKey = 0;
        int outer = reader.Enter();
        uint tag;
        while (reader.TryReadTag(out tag) && tag == Proto.Metric.Label)
        {
            if (!TryReadLabel(ref reader, firstLabel, ref ofKey))
            {
                return false;
            }
        }
        if (tag != valueTag || ofKey < _key.SeriesLabels.Length)
        {
            return false;
        }
        int metric = reader.Enter();
        if (!reader.TryReadTag(out tag) || tag != Proto.Number.Value)
        {
            return false;
        }
        double number = reader.ReadDouble();
        if (!reader.AtEnd || !TextRoundTrip.IsLossless(number))
        {
            return false;
        }
        reader.Leave(metric);
        if (!reader.AtEnd)
        {
            return false;
        }
        reader.Leave(outer);
        Add(firstLabel, number);
        return true;
    }

    /// <summary>name value, behind those of lesser names; the group's own labels have the group's values.</summary>
    /// <param name="ofKey">How many of the group's labels the metric has had so far.</param>
    private bool TryReadLabel(ref ProtoReader reader, int firstLabel, ref int ofKey)
    {
        int outer = reader.Enter();
        if (!reader.TryReadTag(out uint tag) || tag != Proto.Label.Name)
        {
            return false;
        }
        Utf8String name = reader.ReadString();
        if (!reader.TryReadTag(out tag) || tag != Proto.Label.Value)
        {
            return false;
        }
        var label = new Label(name, reader.ReadString());
        if (!reader.AtEnd || (_labelCount > firstLabel && name <= _labels[_labelCount - 1].Name))
        {
            return false;
        }
        reader.Leave(outer);
        int order = ofKey < _key.SeriesLabels.Length ? name.CompareTo(_key.SeriesLabels[ofKey].Name) : -1;
        if (order == 0)
        {
            Label own = _key.SeriesLabels[ofKey++];
            if (own.Value == label.Value)
            {
                // As merging has it: by their memory they are known for those of the group.
                label = own;
            }
            else if (!_key.AddsInstance || own.Name != GroupingKey.Instance || !label.Value.IsValidUtf8)
            {
                return false;
            }
        }
        else if (order > 0 || !IsPlain(name) || !label.Value.IsValidUtf8)
        {
            return false;
        }
        if (_labelCount == _labels.Length)
        {
            // Metrics that were read before keep the old array, with their labels in it.
            Array.Resize(ref _labels, 2 * _labelCount);
        }
        _labels[_labelCount++] = label;
        return true;
    }

    private void Add(int firstLabel, double number)
    {
        if (_metrics.Count == _made.Count)
        {
            _made.Add(new Metric());
        }
        Metric metric = _made[_metrics.Count];
        metric.Labels = new LabelSet(_labels, firstLabel, _labelCount - firstLabel);
        metric.Number = number;
        _metrics.Add(metric);
    }

    private static bool IsPlain(Utf8String name) =>
        NameRules.IsLegacyLabelName(name.Span) && !name.Span.StartsWith(NameRules.ReservedLabelPrefix);
}
