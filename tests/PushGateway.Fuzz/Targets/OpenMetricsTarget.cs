using PushGateway.Core.Model;
using PushGateway.Core.Parsing;

namespace PushGateway.Fuzz.Targets;

/// <summary>OpenMetrics, with either rules for names.</summary>
internal sealed class OpenMetricsTarget : FuzzTarget
{
    public override string Name => "openmetrics";

    public override IReadOnlyList<byte[]> Seeds { get; } = SeedFile.Texts("openmetrics.json");

    public override IReadOnlyList<byte[]> Words { get; } = SeedFile.Words(
        "# TYPE x ", "# HELP x ", "# UNIT x_s s\n", "# EOF\n", "# EOF", "counter\n", "gauge\n", "histogram\n", "gaugehistogram\n", "summary\n",
        "info\n", "stateset\n", "unknown\n", "_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info", "{le=\"",
        ",le=\"+Inf\"", "{quantile=\"", "{x=\"", "{", "}", ",", "=\"", "\"", "\\n", "\\\\", "\\\"", "\\x", "\n", "\r\n", "\t", " ", "{\"x\",", "\"}",
        "é", "😀", "a:b", "__name__", " NaN\n", " +Inf\n", " 1\n", " 0\n", " 1 5\n", " 1.5\n", " # {} 1\n", " # {a=\"b\"} 1 5.5\n", "\0", "x", "\ufeff");

    /// <summary>As the text format's; and what is wrong is parsed twice.</summary>
    public override int BytesPerByte => 600;

    public override void Read(byte[] input)
    {
        _ = OpenMetricsParser.TryParse(input, NameValidation.Legacy, out _, out _);
        _ = OpenMetricsParser.TryParse(input, NameValidation.Utf8, out _, out _);
        _ = ParsedPush.TryParse(new PushBody(BodyFormat.LegacyOpenMetrics, input), isLenient: false, BodyLimits.None, out _, out _);
        _ = ParsedPush.TryParse(new PushBody(BodyFormat.Utf8Text, input), isLenient: true, BodyLimits.None, out _, out _);
    }

    public override void Check(byte[] input)
    {
        byte[] legacy = Parse(input, NameValidation.Legacy, out List<MetricFamily>? legacyFamilies);
        byte[] utf8 = Parse(input, NameValidation.Utf8, out List<MetricFamily>? families);
        if (legacyFamilies is not null)
        {
            OracleException.ThrowIfDifferent("legacy names are read differently among others", legacy, utf8);
        }
        OracleException.ThrowIfDifferent(
            "what stands around the body matters", utf8, Parse(Surrounded.By((byte)'"', input), NameValidation.Utf8, out _));
        OracleException.ThrowIfDifferent(
            "what stands around the body matters", utf8, Parse(Surrounded.By((byte)'\n', input), NameValidation.Utf8, out _));
        if (OpenMetricsParser.TryParse(input, NameValidation.Utf8, BodyLimits.None, isExact: false, out List<MetricFamily>? fast, out _))
        {
            _ = OpenMetricsParser.TryParse(
                input, NameValidation.Utf8, BodyLimits.None, isExact: true, out List<MetricFamily>? exact, out PushError? error);
            OracleException.ThrowIfDifferent(
                "the exact way is another", FamilyOracle.Show(exact, error), FamilyOracle.Show(fast, null));
        }
        if (families is not null)
        {
            CheckLeniency(input, utf8);
            FamilyOracle.CheckScrape(families);
        }
    }

    /// <summary>A valid body gives the same families with --push.lenient, with its Content-Type and without, except for CRs at the end of help texts.</summary>
    private static void CheckLeniency(byte[] input, byte[] expected)
    {
        foreach (BodyFormat format in new[] { BodyFormat.Utf8OpenMetrics, BodyFormat.Utf8Text })
        {
            _ = ParsedPush.TryParse(new PushBody(format, input), isLenient: true, BodyLimits.None, out ParsedPush? parsed, out PushError? error);
            if (parsed?.Uses.HasFlag(Leniency.Timestamp) == true || input.Contains((byte)'\r'))
            {
                continue;
            }
            OracleException.ThrowIfDifferent("leniency reads it otherwise", expected, FamilyOracle.Show(parsed?.Families, error));
        }
    }

    private static byte[] Parse(ReadOnlyMemory<byte> input, NameValidation names, out List<MetricFamily>? families)
    {
        _ = OpenMetricsParser.TryParse(input, names, out families, out PushError? error);
        return FamilyOracle.Show(families, error);
    }
}
