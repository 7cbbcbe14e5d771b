using System.Buffers;
using PushGateway.Core.Exposition;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;
using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>
/// Reads and renders the protobuf message of a restored family in the common case: counters, gauges or untyped metrics
/// with the labels of the group, whose values survive the text format. Renders like <see cref="FamilyRenderer"/>.
/// </summary>
/// <remarks>
/// Reuses its metrics for each message. Reads only messages with all fields in order, as encoders write them. The caller
/// decodes other messages.
/// </remarks>
internal sealed class FastFamilyReader
{
    /// <summary>All metrics ever created, for reuse. The current family uses the first ones.</summary>
    private readonly List<Metric> _pool = [];

    private readonly List<Metric> _metrics = [];
    private Label[] _labels = new Label[64];
    private int _labelCount;
    private GroupingKey _key = new([]);
    private bool _isPlainKey;

    private Utf8String _name;
    private MetricType _type;
    private Utf8String? _help;

    public int MetricCount => _metrics.Count;

    public bool Has(FamilyHeader header) => header.Name == _name && header.Type == _type && header.Help == _help;

    public FamilyHeader CopyHeader() => new FamilyHeader(_name, _type, _help).Copy();

    /// <summary>Sets the group of the next messages.</summary>
    public void Begin(GroupingKey key)
    {
        _key = key;
        _isPlainKey = Array.TrueForAll(key.SeriesLabels, label => IsPlain(label.Name) && label.Value.IsValidUtf8);
    }

    /// <summary>False if the message is damaged or does not match the common case.</summary>
    public bool TryRead(ReadOnlyMemory<byte> message)
    {
        _metrics.Clear();
        _labelCount = 0;
        var reader = new ProtoReader(message);
        if (!_isPlainKey || !TryReadHeader(ref reader, out uint tag))
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

    /// <summary>Writes the sample lines, and returns their order as in <see cref="LineSupplement"/>.</summary>
    /// <param name="series">Receives one hash for each metric.</param>
    /// <param name="likelyOrder">Returned if it is the right order.</param>
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

    /// <summary>name [help] type, and the next tag</summary>
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
        int keyLabels = 0;
        int outer = reader.Enter();
        uint tag;
        while (reader.TryReadTag(out tag) && tag == Proto.Metric.Label)
        {
            if (!TryReadLabel(ref reader, firstLabel, ref keyLabels))
            {
                return false;
            }
        }
        if (tag != valueTag || keyLabels < _key.SeriesLabels.Length)
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

    /// <summary>name value, sorted by name; the labels of the group have the values of the group.</summary>
    /// <param name="keyLabels">The number of the group's labels read so far.</param>
    private bool TryReadLabel(ref ProtoReader reader, int firstLabel, ref int keyLabels)
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
        int order = keyLabels < _key.SeriesLabels.Length ? name.CompareTo(_key.SeriesLabels[keyLabels].Name) : -1;
        if (order == 0)
        {
            Label own = _key.SeriesLabels[keyLabels++];
            if (own.Value == label.Value)
            {
                // As LabelMerge does: rendering recognizes the group's labels by their memory.
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
            // Earlier metrics still refer to the old array.
            Array.Resize(ref _labels, 2 * _labelCount);
        }
        _labels[_labelCount++] = label;
        return true;
    }

    private void Add(int firstLabel, double number)
    {
        if (_metrics.Count == _pool.Count)
        {
            _pool.Add(new Metric());
        }
        Metric metric = _pool[_metrics.Count];
        metric.Labels = new LabelSet(_labels, firstLabel, _labelCount - firstLabel);
        metric.Number = number;
        _metrics.Add(metric);
    }

    private static bool IsPlain(Utf8String name) =>
        NameRules.IsLegacyLabelName(name.Span) && !name.Span.StartsWith(NameRules.ReservedLabelPrefix);
}
