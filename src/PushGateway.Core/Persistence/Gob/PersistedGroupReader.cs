using System.Collections.ObjectModel;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>Reads consecutive groups. Missing fields are empty.</summary>
internal sealed class PersistedGroupReader
{
    /// <summary>The initial capacity for a family's message.</summary>
    private const int FirstMessageBytes = 2048;

    private const int FirstNameBytes = 128;

    /// <summary>A larger dictionary is replaced, since clearing it takes time in proportion to its capacity.</summary>
    private const int MaxReusedNames = 1000;

    private readonly GobReader _reader;
    private readonly GobTypes _types;
    private readonly GobType.Struct _group;
    private readonly ProtobufParser _parser = new(FirstMessageBytes);

    private readonly RestoredGroupBuilder _builder = new();

    private readonly List<Label> _labels = [];
    private readonly List<Label> _extra = [];

    /// <summary>Whether to compare the parts of each group with each other.</summary>
    private bool _verifies;

    /// <summary>The names in the list of families of a verified group.</summary>
    private readonly SortedSet<Utf8String> _listedNames = [];

    /// <summary>Whether a metric of a verified group lacks labels of the group.</summary>
    private bool _lacksLabels;

    /// <summary>The index of each name of the current map in its list.</summary>
    private Dictionary<Utf8String, int> _positions = [];

    // Reused for each family.
    private byte[] _name = new byte[FirstNameBytes];
    private byte[] _time = new byte[GobTime.Bytes + 1];
    private byte[] _message = new byte[FirstMessageBytes];

    public PersistedGroupReader(GobReader reader, GobTypes types, long groupType)
    {
        _reader = reader;
        _types = types;
        _group = Check(reader, types, groupType);
    }

    /// <summary>Returns the struct type of the groups, or throws if the type does not fit.</summary>
    public static GobType.Struct Check(GobReader reader, GobTypes types, long groupType)
    {
        GobType.Struct group = types.Expect<GobType.Struct>(groupType, "a group");
        return group.Fields.Any(field => field.Name == SnapshotNames.Labels)
            ? group
            : throw reader.Unexpected($"groups with a field {SnapshotNames.Labels} expected");
    }

    public PersistedGroup Read()
    {
        List<Label> labels = [];
        List<Label> extra = [];
        List<PersistedFamily> families = [];
        List<UnreadableFamily> unreadable = [];
        int number = -1;
        while (_types.TryReadField(_group, ref number, out GobField field))
        {
            switch (field.Name)
            {
                case SnapshotNames.Labels:
                    ReadTexts(field, labels);
                    break;
                case SnapshotNames.Metrics:
                    ReadFamilies(field, families, unreadable);
                    break;
                case SnapshotNames.Extra:
                    ReadTexts(field, extra);
                    break;
                default:
                    _types.Skip(field.Type);
                    break;
            }
        }
        return new PersistedGroup(new GroupingKey(labels), families)
        {
            Extra = extra.Count == 0 ? ReadOnlyDictionary<string, string>.Empty : ToStrings(extra),
            Unreadable = unreadable,
        };
    }

    /// <summary>Reads the next group in the form of the store.</summary>
    public RestoredGroup ReadStored()
    {
        List<UnreadableFamily>? unreadable = null;
        GroupingKey? key = null;
        List<PersistedFamily>? early = null;
        GroupTerms? terms = null;
        int number = -1;
        _labels.Clear();
        while (_types.TryReadField(_group, ref number, out GobField field))
        {
            switch (field.Name)
            {
                case SnapshotNames.Labels:
                    ReadTexts(field, _labels);
                    key = new GroupingKey(_labels);
                    _builder.Begin(key);
                    break;
                case SnapshotNames.Metrics when key is null:
                    // Gob allows the labels after the families, though no known writer does that.
                    ReadFamilies(field, early ??= [], unreadable ??= []);
                    break;
                case SnapshotNames.Metrics:
                    ReadFamilies(field, ref unreadable);
                    break;
                case SnapshotNames.Extra:
                    _extra.Clear();
                    ReadTexts(field, _extra);
                    terms = GroupTerms.FromProperties(_extra);
                    break;
                default:
                    _types.Skip(field.Type);
                    break;
            }
        }
        if (key is null)
        {
            key = new GroupingKey(_labels);
            _builder.Begin(key);
        }
        foreach (PersistedFamily family in early ?? [])
        {
            _builder.Add(family.Family, family.PushedAt);
        }
        return new RestoredGroup(key, _builder.Finish(), unreadable ?? (IReadOnlyList<UnreadableFamily>)[])
        {
            Terms = terms,
        };
    }

    /// <summary>Reads the next group of a damaged file, and compares its parts with each other.</summary>
    /// <param name="mapKey">The key of the group in the map of groups.</param>
    public RestoredGroup ReadVerified(ReadOnlySpan<byte> mapKey)
    {
        _verifies = true;
        _lacksLabels = false;
        _listedNames.Clear();
        RestoredGroup group = ReadStored();
        string? fault =
            !GobSnapshotWriter.IsKeyOf(mapKey, group.Key.Labels) ? "its labels differ from its key"
            : group.Unreadable.Count > 0 ? "a family is unreadable"
            : _lacksLabels ? "a metric lacks the labels of the group"
            : group.Families.Length == 0 || !_listedNames.SequenceEqual(group.Families.Select(family => family.Name))
                ? "its families differ from the list of their names"
                : null;
        return group with { Fault = fault };
    }

    private static Dictionary<string, string> ToStrings(List<Label> texts)
    {
        var strings = new Dictionary<string, string>();
        foreach (Label text in texts)
        {
            // Distinct names in invalid UTF-8 may be equal as strings.
            strings[text.Name.ToString()] = text.Value.ToString();
        }
        return strings;
    }

    private void ReadTexts(GobField field, List<Label> texts)
    {
        GobType.Map map = _types.Expect<GobType.Map>(field.Type, field.Name);
        ClearNames();
        for (ulong left = _reader.ReadUInt(field.Name); left > 0; left--)
        {
            var name = new Utf8String(_types.ReadBytes(map.Key, GobBytes.Text, field.Name).AsMemory());
            var value = new Utf8String(_types.ReadBytes(map.Element, GobBytes.Text, field.Name).AsMemory());
            if (!_positions.TryAdd(name, texts.Count))
            {
                throw _reader.Unexpected($"{field.Name} has a name twice");
            }
            if (!name.IsValidUtf8)
            {
                // No gateway writes such names, and a metric with one could not be parsed again.
                throw _reader.Unexpected($"{field.Name} has a name that is not UTF-8");
            }
            texts.Add(new Label(name, value));
        }
    }

    private void ReadFamilies(GobField field, List<PersistedFamily> families, List<UnreadableFamily> unreadable)
    {
        GobType.Map map = _types.Expect<GobType.Map>(field.Type, field.Name);
        GobType.Struct stamped = _types.Expect<GobType.Struct>(map.Element, "a family and its time");
        ClearNames();
        for (ulong left = _reader.ReadUInt(field.Name); left > 0; left--)
        {
            ReadOnlyMemory<byte> name = _types.ReadBytes(ref _name, map.Key, GobBytes.Text, "a family's name");
            byte[] message = ReadStamped(stamped, out long pushedAt).ToArray();
            if (!_parser.TryParseMessage(message, out MetricFamily? family, out PushError? error))
            {
                unreadable.Add(new UnreadableFamily(new Utf8String(name.Span), error));
            }
            else if (_positions.TryAdd(family.Name, families.Count))
            {
                families.Add(new PersistedFamily(family, pushedAt));
            }
            else
            {
                // The file lists the family under two names. The later one wins, as in a push.
                families[_positions[family.Name]] = new PersistedFamily(family, pushedAt);
            }
        }
    }

    /// <summary>Adds the families to the builder.</summary>
    private void ReadFamilies(GobField field, ref List<UnreadableFamily>? unreadable)
    {
        GobType.Map map = _types.Expect<GobType.Map>(field.Type, field.Name);
        GobType.Struct stamped = _types.Expect<GobType.Struct>(map.Element, "a family and its time");
        for (ulong left = _reader.ReadUInt(field.Name); left > 0; left--)
        {
            ReadOnlyMemory<byte> name = _types.ReadBytes(ref _name, map.Key, GobBytes.Text, "a family's name");
            if (_verifies)
            {
                _listedNames.Add(new Utf8String(name.Span));
            }
            ReadOnlyMemory<byte> message = ReadStamped(stamped, out long pushedAt);
            if (_builder.TryAdd(message, pushedAt))
            {
                continue;
            }
            if (_parser.TryParseMessage(message.ToArray(), out MetricFamily? family, out PushError? error))
            {
                _lacksLabels |= _verifies && !family.Metrics.TrueForAll(HasLabelsOfGroup);
                _builder.Add(family, pushedAt);
            }
            else
            {
                (unreadable ??= []).Add(new UnreadableFamily(new Utf8String(name.Span), error));
            }
        }
    }

    private bool HasLabelsOfGroup(Metric metric) =>
        Array.TrueForAll(_builder.Key.SeriesLabels, own => metric.Labels.Any(label => label.Name == own.Name
            && (label.Value == own.Value || (_builder.Key.AddsInstance && own.Name == GroupingKey.Instance))));

    /// <summary>Reads a family's message and time. The message is valid until the next call.</summary>
    private ReadOnlyMemory<byte> ReadStamped(GobType.Struct type, out long pushedAt)
    {
        ReadOnlyMemory<byte> message = default;
        pushedAt = 0;
        int number = -1;
        while (_types.TryReadField(type, ref number, out GobField field))
        {
            switch (field.Name)
            {
                case SnapshotNames.Timestamp:
                    ReadOnlyMemory<byte> time =
                        _types.ReadBytes(ref _time, field.Type, GobBytes.SelfEncoded, field.Name);
                    if (!GobTime.TryRead(time.Span, out pushedAt))
                    {
                        throw _reader.Unexpected($"a time of version 1 or 2 expected, not {time.Length} bytes");
                    }
                    break;
                case SnapshotNames.Family:
                    message = _types.ReadBytes(ref _message, field.Type, GobBytes.SelfEncoded, field.Name);
                    break;
                default:
                    _types.Skip(field.Type);
                    break;
            }
        }
        return message;
    }

    private void ClearNames()
    {
        if (_positions.Count > MaxReusedNames)
        {
            _positions = [];
        }
        _positions.Clear();
    }
}
