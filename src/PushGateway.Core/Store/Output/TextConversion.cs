using System.Buffers;
using System.Runtime.CompilerServices;
using PushGateway.Core.Exposition;
using PushGateway.Core.Store.Snapshots;

namespace PushGateway.Core.Store.Output;

/// <summary>What a text scrape shows differently from its stored form: escaped names, and native histograms as classic ones.</summary>
internal readonly struct TextConversion(MetricType type, NameEscaping escaping, NativeHistogramStyle nativeHistograms)
{
    private readonly bool _escapes = escaping != NameEscaping.None;
    private readonly bool _convertsNative =
        nativeHistograms == NativeHistogramStyle.Classic && type is MetricType.Histogram or MetricType.GaugeHistogram;

    /// <summary>Whether a part cannot be copied. Reads the part only if necessary, since that is usually a cache miss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Applies(bool hasNamesToEscape, FamilyView parts, int index) =>
        (hasNamesToEscape && _escapes) || (_convertsNative && parts[index].Supplement.Message is not null);

    public void Write(FamilyView parts, int index, IBufferWriter<byte> output)
    {
        MetricFamily part = parts.PartAt(index).DecodeSorted();
        TextExposition.WriteSamples(NameEscaper.Escape(_convertsNative ? ClassicBuckets.Convert(part) : part, escaping), output);
    }
}
