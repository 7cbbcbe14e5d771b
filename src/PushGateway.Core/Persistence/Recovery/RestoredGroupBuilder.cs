using System.Buffers;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Rendering;

namespace PushGateway.Core.Persistence.Recovery;

/// <summary>
/// Puts restored groups together, one after the other: their families in the form in which they are stored, by name.
/// </summary>
/// <remarks>
/// Counters, gauges and untyped metrics, as most are, are rendered straight from their messages, in memory that serves
/// the next group again; what <see cref="FastFamilyReader"/> does not read is decoded and rendered as a push is. Of 1,132 MB
/// that a restore of 1,000,000 series allocated, 400 are left; see bench/results/restore-2026-11-25.md.
/// </remarks>
internal sealed class RestoredGroupBuilder
{
    private readonly FastFamilyReader _message = new();
    private readonly ArrayBufferWriter<byte> _lines = new();

    /// <summary>In the order in which they were added. Those that were decoded are empty until the end.</summary>
    private readonly List<StoredFamily> _families = [];

    private readonly List<(int Place, MetricFamily Family, long PushedAt)> _decoded = [];

    /// <summary>
    /// What the plain families of groups before had, by their place: the next group mostly has the same, and shares it.
    /// </summary>
    private readonly List<(FamilyHeader Header, int[]? Order)> _before = [];

    private GroupingKey _key = new([]);
    private UInt128[] _hashes = [];
    private int _series;

    /// <summary>Begins a group, and forgets the one before.</summary>
    public void Begin(GroupingKey key)
    {
        _key = key;
        _message.Begin(key);
        _lines.ResetWrittenCount();
        _families.Clear();
        _decoded.Clear();
        _series = 0;
    }

    /// <summary>Adds a family. False where it has to be decoded, and added so.</summary>
    /// <param name="message">Viewed only until the call returns.</param>
    public bool TryAdd(ReadOnlyMemory<byte> message, long pushedAt)
    {
        if (!_message.TryRead(message))
        {
            return false;
        }
        int linesStart = _lines.WrittenCount;
        int metrics = _message.MetricCount;
        if (_hashes.Length - _series < metrics)
        {
            Array.Resize(ref _hashes, Math.Max(2 * _hashes.Length, _series + metrics));
        }
        int place = _families.Count - _decoded.Count;
        int[]? likely = place < _before.Count ? _before[place].Order : null;
        int[]? order = _message.Render(_lines, _hashes.AsSpan(_series, metrics), likely);
        _families.Add(new StoredFamily
        {
            Header = Share(place, order),
            PushedAt = pushedAt,
            MetricCount = metrics,
            LinesStart = linesStart,
            LinesLength = _lines.WrittenCount - linesStart,
            SeriesStart = _series,
            Supplement = LineSupplement.WithOrder(order),
        });
        _series += metrics;
        return true;
    }

    /// <param name="family">Taken over.</param>
    public void Add(MetricFamily family, long pushedAt)
    {
        _decoded.Add((_families.Count, family, pushedAt));
        _families.Add(default);
    }

    /// <summary>Of several families with one name, which no push makes, the last that was added counts.</summary>
    public StoredFamily[] Finish()
    {
        byte[] block = _lines.WrittenSpan.ToArray();
        UInt128[] hashes = _hashes[.._series];
        var families = new StoredFamily[_families.Count];
        for (int i = 0; i < families.Length; i++)
        {
            families[i] = _families[i] with { Block = block, Hashes = hashes };
        }
        if (_decoded.Count > 0)
        {
            StoredFamily[] rendered =
                FamilyRenderer.Render([.. _decoded.Select(decoded => decoded.Family)], _key, pushedAt: 0);
            for (int i = 0; i < rendered.Length; i++)
            {
                families[_decoded[i].Place] = rendered[i] with { PushedAt = _decoded[i].PushedAt };
            }
        }
        return IsInOrder(families) ? families : Sort(families);
    }

    /// <summary>Remembers what the family at hand has for the next group. Gives its header.</summary>
    private FamilyHeader Share(int place, int[]? order)
    {
        bool isKnown = place < _before.Count && _message.Has(_before[place].Header);
        FamilyHeader header = isKnown ? _before[place].Header : _message.CopyHeader();
        if (place == _before.Count)
        {
            _before.Add((header, order));
        }
        else
        {
            _before[place] = (header, order ?? _before[place].Order);
        }
        return header;
    }

    private static bool IsInOrder(StoredFamily[] families)
    {
        for (int i = 1; i < families.Length; i++)
        {
            if (families[i].Name <= families[i - 1].Name)
            {
                return false;
            }
        }
        return true;
    }

    private static StoredFamily[] Sort(StoredFamily[] families)
    {
        var byName = new SortedDictionary<Utf8String, StoredFamily>();
        foreach (StoredFamily family in families)
        {
            byName[family.Name] = family;
        }
        return [.. byName.Values];
    }
}
