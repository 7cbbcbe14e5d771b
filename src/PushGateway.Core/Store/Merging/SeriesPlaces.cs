namespace PushGateway.Core.Store.Merging;

/// <summary>Finds the places of pushed series in a stored family.</summary>
/// <remarks>
/// A client usually pushes the same series in the same order, so the first guess is the place after the previous one. The
/// first wrong guess creates a dictionary.
/// </remarks>
/// <param name="stored">The hashes of the stored series.</param>
internal ref struct SeriesPlaces(ReadOnlySpan<UInt128> stored)
{
    private readonly ReadOnlySpan<UInt128> _stored = stored;
    private readonly bool[] _taken = new bool[stored.Length];
    private int _guess;
    private Dictionary<UInt128, int>? _places;
    private HashSet<UInt128>? _new;

    /// <summary>Finds the place of a series. Call it once for each pushed series.</summary>
    /// <param name="series">The hash of its name and labels.</param>
    public SeriesPlace Find(UInt128 series)
    {
        if (_guess >= _stored.Length || _stored[_guess] != series)
        {
            if (!Places().TryGetValue(series, out _guess))
            {
                _guess = _stored.Length;
                return new SeriesPlace(null, IsTaken: !(_new ??= []).Add(series));
            }
        }
        int place = _guess++;
        bool wasTaken = _taken[place];
        _taken[place] = true;
        return new SeriesPlace(place, wasTaken);
    }

    private Dictionary<UInt128, int> Places()
    {
        if (_places is null)
        {
            _places = new Dictionary<UInt128, int>(_stored.Length);
            for (int i = 0; i < _stored.Length; i++)
            {
                _places.TryAdd(_stored[i], i);
            }
        }
        return _places;
    }
}

/// <param name="Index">The place of a series; null if the family does not have it.</param>
/// <param name="IsTaken">Whether the push contained the series before.</param>
internal readonly record struct SeriesPlace(int? Index, bool IsTaken);
