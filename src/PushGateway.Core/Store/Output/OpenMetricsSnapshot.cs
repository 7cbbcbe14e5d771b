using System.Buffers;
using System.IO.Pipelines;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Store.Output;

/// <summary>Writes the families of a scrape in OpenMetrics, so that they are valid together.</summary>
internal sealed class OpenMetricsSnapshot(
    IReadOnlyList<ExposedFamily> families, NameEscaping escaping, NativeHistogramStyle nativeHistograms, OpenMetricsConversions conversions)
{
    private const int BatchBytes = 16 * 1024;

    public async ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation)
    {
        OpenMetricsFamily[] shown = Settle();
        byte[] batch = new byte[BatchBytes];
        for (int i = 0; i < shown.Length; i++)
        {
            if (shown[i].Form == OpenMetricsForm.LeftOut)
            {
                continue;
            }
            var writer = new OpenMetricsFamilyWriter(families[i], shown[i], escaping, nativeHistograms, conversions, batch);
            while (writer.WriteSome(output))
            {
                await output.FlushAsync(cancellation);
            }
        }
        output.Write(OpenMetricsExposition.End);
        await output.FlushAsync(cancellation);
    }

    private OpenMetricsFamily[] Settle()
    {
        var shown = new OpenMetricsFamily[families.Count];
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = new OpenMetricsFamily(NameEscaper.Escape(families[i].Name, escaping), families[i].Type);
            if (shown[i] is { Type: MetricType.Counter, Form: OpenMetricsForm.Unknown })
            {
                conversions.Add(OpenMetricsConversion.CounterName);
            }
        }
        OpenMetricsFamily.Settle(shown, conversions);
        return shown;
    }
}
