using PushGateway.Core.Model;
using PushGateway.Core.Parsing;

namespace PushGateway.Fuzz.Targets;

/// <summary>The text format, with either rules for names.</summary>
internal sealed class TextTarget : FuzzTarget
{
    public override string Name => "text";

    public override IReadOnlyList<byte[]> Seeds { get; } = SeedFile.Texts("text.json");

    public override IReadOnlyList<byte[]> Words { get; } = SeedFile.Words(
        "# TYPE ", "# HELP ", "# HELP x ", " counter\n", " gauge\n", " histogram\n", " summary\n", " untyped\n", "_bucket", "_sum",
        "_count", "le=\"", "quantile=\"", "+Inf\"", "{", "}", ",", "=\"", "\"", "\\n", "\\\\", "\\\"", "\\x", "\n", "\r\n", "\t", " ",
        "{\"", "\"}", "é", "😀", "a:b", "__name__", "job=\"x\"", "instance=\"\"", "NaN", "+Inf", "-Inf", " 1\n", "\0", "#",
        "push_time_seconds", "x", "U__", "# EOF\n", "\ufeff", "\u001a", " 1.5\n", " 1 1.5\n", " 1 \r\n", " # {",
        "%20", "+", "&x=1", "--x\r\nContent-Disposition: form-data", " info\n");

    /// <summary>Many small metrics, each an object with its labels: 3 bytes of input ("a 1") make some 250 bytes, twice; and what ends as OpenMetrics is tried as that.</summary>
    public override int BytesPerByte => 600;

    public override void Read(byte[] input)
    {
        _ = TextParser.TryParse(input, NameValidation.Legacy, out _, out _);
        _ = TextParser.TryParse(input, NameValidation.Utf8, out _, out _);
        _ = ParsedPush.TryParse(new PushBody(BodyFormat.LegacyText, input), isLenient: false, BodyLimits.None, out _, out _);
        _ = ParsedPush.TryParse(new PushBody(BodyFormat.Utf8Text, Utf16(input)), isLenient: true, BodyLimits.None, out _, out _);
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
        if (families is not null)
        {
            FamilyOracle.CheckScrape(families);
        }
        CheckLeniency(input, isValid: families is not null);
    }

    /// <summary>A lenient gateway accepts everything that another one accepts, with the same result.</summary>
    private static void CheckLeniency(byte[] input, bool isValid)
    {
        var sent = new PushBody(BodyFormat.Utf8Text, input);
        bool isAccepted = ParsedPush.TryParse(sent, isLenient: true, BodyLimits.None, out ParsedPush? parsed, out PushError? error);
        if (isValid && !isAccepted)
        {
            throw new OracleException($"leniency rejects what is valid: {error!.Message}");
        }
        if (isAccepted && !parsed!.Body.TryParse(BodyLimits.None, out _, out error))
        {
            throw new OracleException($"the repaired body does not parse: {error.Message}");
        }
        if (!ParsedPush.TryParse(sent, isLenient: false, BodyLimits.None, out _, out error)
            && error.Hint.EndsWith("accepts this", StringComparison.Ordinal)
            && (TextBodyRepair.Repair(input, out Leniency uses).Span.SequenceEqual(input) || uses == Leniency.None))
        {
            throw new OracleException($"nothing is repaired, but: {error.Hint}");
        }
    }

    private static byte[] Utf16(byte[] input) =>
        [0xff, 0xfe, .. System.Text.Encoding.Unicode.GetBytes(System.Text.Encoding.UTF8.GetString(input))];

    private static byte[] Parse(ReadOnlyMemory<byte> input, NameValidation names, out List<MetricFamily>? families)
    {
        _ = TextParser.TryParse(input, names, out families, out PushError? error);
        return FamilyOracle.Show(families, error);
    }
}
