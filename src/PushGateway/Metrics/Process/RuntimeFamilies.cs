using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace PushGateway.Metrics.Process;

/// <summary>
/// The dotnet_* families: the instruments of the .NET runtime's meter (garbage collector, JIT, thread pool, locks), with the
/// names of OpenTelemetry's Prometheus exporter. Their names are not reserved, since batch jobs push such families
/// themselves. Not thread-safe.
/// </summary>
/// <remarks>
/// Source: the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility": dots become underscores, the
/// unit is spelled out as a suffix, and a counter ends in _total.
/// </remarks>
internal sealed class RuntimeFamilies : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<RuntimeFamily> _families = new();

    public RuntimeFamilies(TimeProvider time)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // The two omitted instruments are in process_*.
            if (instrument.Meter.Name == "System.Runtime"
                && instrument.Name is not ("dotnet.process.cpu.time" or "dotnet.process.memory.working_set"))
            {
                var family = new RuntimeFamily(instrument, time.GetTimestampNow());
                _families.Enqueue(family);
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((RuntimeFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((RuntimeFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((RuntimeFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Appends the families that have metrics, in no particular order.</summary>
    public void AddTo(List<MetricFamily> families)
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // Some instruments failed. The others have reported, and the scrape must not fail.
        }

        families.AddRange(_families.Select(family => family.Read()).Where(family => family.Metrics.Count > 0));
    }

    public void Dispose() => _listener.Dispose();

    private sealed class RuntimeFamily(Instrument instrument, Timestamp created)
    {
        private readonly Utf8String _name = new(NameOf(instrument, TypeOf(instrument)));
        private readonly Utf8String? _help = HelpOf(instrument);
        private readonly MetricType _type = TypeOf(instrument);

        /// <summary>Values by tag. The runtime's instruments have one tag at most.</summary>
        private readonly ConcurrentDictionary<(string Name, string Value), double> _values = new();

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            (string, string) tag = tags is [var first, ..] ? (first.Key.Replace('.', '_'), $"{first.Value}") : default;
            if (instrument.IsObservable)
            {
                _values[tag] = value;
            }
            else
            {
                _values.AddOrUpdate(tag, value, (_, total) => total + value);
            }
        }

        public MetricFamily Read() => new()
        {
            Name = _name,
            Help = _help,
            Type = _type,
            Metrics =
            [
                .. _values.Select(series => new Metric
                {
                    Labels = series.Key.Name is null ? [] : [new Label(series.Key.Name, series.Key.Value)],
                    ValueType = _type,
                    Number = series.Value,
                    Created = instrument.IsObservable ? null : created,
                }),
            ],
        };

        private static string NameOf(Instrument instrument, MetricType type)
        {
            string unit = instrument.Unit switch
            {
                "By" => "_bytes",
                "s" => "_seconds",
                _ => "", // A count of things, such as {collection}.
            };
            return instrument.Name.Replace('.', '_') + unit + (type == MetricType.Counter ? "_total" : "");
        }

        /// <summary>
        /// In .NET 10.0, two values that go up and down are declared as counters, contrary to OpenTelemetry's semantic
        /// conventions.
        /// </summary>
        private static MetricType TypeOf(Instrument instrument)
        {
            Type kind = instrument.GetType().GetGenericTypeDefinition();
            bool isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
            return isCounter && instrument.Name is not ("dotnet.thread_pool.thread.count" or "dotnet.thread_pool.queue.length")
                ? MetricType.Counter
                : MetricType.Gauge;
        }

        /// <summary>In .NET 10.0, the time of the JIT has the description of another instrument.</summary>
        private static Utf8String? HelpOf(Instrument instrument) => instrument.Name == "dotnet.jit.compilation.time"
            ? new Utf8String("The time the JIT compiler has spent compiling since the process has started.")
            : instrument.Description is { } description ? new Utf8String(description) : null;
    }
}
