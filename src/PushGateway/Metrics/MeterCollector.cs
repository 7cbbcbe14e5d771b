using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics;
using PushGateway.Core.Model;

namespace PushGateway.Metrics;

/// <summary>
/// Listens to the instruments of one meter and of the runtime's meter, and keeps what they measure as metric families.
/// Recording is thread-safe; collecting is for one thread at a time.
/// </summary>
internal sealed class MeterCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentFamily> _families = new();

    public MeterCollector(Meter meter, TimeProvider time)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Declare(instrument, meter, time) is { } family && _families.TryAdd(instrument, family))
            {
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.MeasurementsCompleted = (instrument, state) => _families.TryRemove(instrument, out _);
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _listener.Start();
    }

    /// <summary>Appends the families that have metrics, in no particular order.</summary>
    public void AddTo(List<MetricFamily> families)
    {
        ReadObservableInstruments();
        foreach ((Instrument _, InstrumentFamily? family) in _families)
        {
            if (family.Read() is { } read)
            {
                families.Add(read);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private static InstrumentFamily? Declare(Instrument instrument, Meter meter, TimeProvider time)
    {
        if (instrument.Meter == meter)
        {
            return new InstrumentFamily(instrument, InstrumentHeader.Of(instrument), time);
        }

        return RuntimeInstruments.HeaderOf(instrument) is { } header
            ? new InstrumentFamily(instrument, header, time)
            : null;
    }

    private void Listen<T>()
        where T : struct, INumberBase<T>
    {
        _listener.SetMeasurementEventCallback<T>(static (_, measurement, tags, family) =>
            ((InstrumentFamily)family!).Record(double.CreateSaturating(measurement), tags));
    }

    private void ReadObservableInstruments()
    {
        foreach ((Instrument? instrument, InstrumentFamily? family) in _families)
        {
            if (instrument.IsObservable)
            {
                family.Clear();
            }
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // A callback failed. The others have reported all the same; what is missing is the failed family, and that
            // must not cost the scrape everything that was pushed.
        }
    }
}
