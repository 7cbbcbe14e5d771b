using PushGateway.Core.Model;
using PushGateway.Core.Parsing;

namespace PushGateway.Benchmarks;

/// <summary>A request body and what to call it in a table.</summary>
public sealed record Body(string Name, byte[] Bytes)
{
    public override string ToString() => Name;

    /// <summary>The families of a text body, which view it.</summary>
    public List<MetricFamily> ParseText() => ParseText(Bytes);

    /// <inheritdoc cref="ParseText()"/>
    public static List<MetricFamily> ParseText(ReadOnlyMemory<byte> text) =>
        TextParser.TryParse(text, NameValidation.Legacy, out List<MetricFamily>? families, out PushError? error)
            ? families
            : throw new InvalidOperationException(error.ToString());

    /// <inheritdoc cref="ParseText()"/>
    public List<MetricFamily> ParseProtobuf() =>
        ProtobufParser.TryParse(Bytes, out List<MetricFamily>? families, out PushError? error)
            ? families
            : throw new InvalidOperationException(error.ToString());

    /// <inheritdoc cref="ParseText()"/>
    public List<MetricFamily> ParseOpenMetrics() =>
        OpenMetricsParser.TryParse(Bytes, NameValidation.Legacy, out List<MetricFamily>? families, out PushError? error)
            ? families
            : throw new InvalidOperationException(error.ToString());
}
