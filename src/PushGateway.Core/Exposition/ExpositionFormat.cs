using System.Buffers;

namespace PushGateway.Core.Exposition;

/// <summary>The formats of a scrape.</summary>
public enum ExpositionFormat
{
    /// <summary>The text format, version 0.0.4.</summary>
    Text,

    /// <summary>io.prometheus.client.MetricFamily messages, each prefixed with its length.</summary>
    ProtobufDelimited,

    /// <summary>The same messages in protobuf's text form, indented.</summary>
    ProtobufText,

    /// <summary>The same messages in protobuf's text form, one per line.</summary>
    ProtobufCompactText,

    /// <summary>OpenMetrics, version 1.0.0.</summary>
    OpenMetrics,
}

public static class ExpositionFormats
{
    public static void Write(this ExpositionFormat format, MetricFamily family, IBufferWriter<byte> output)
    {
        switch (format)
        {
            case ExpositionFormat.ProtobufDelimited:
                ProtobufExposition.Write(family, output);
                break;
            case ExpositionFormat.ProtobufText:
                PrototextExposition.WriteIndented(family, output);
                break;
            case ExpositionFormat.ProtobufCompactText:
                PrototextExposition.WriteCompact(family, output);
                break;
            case ExpositionFormat.OpenMetrics:
                OpenMetricsExposition.Write(family, output);
                break;
            default:
                TextExposition.Write(family, output);
                break;
        }
    }
}
