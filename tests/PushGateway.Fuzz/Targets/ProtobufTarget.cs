using PushGateway.Core.Model;
using PushGateway.Core.Parsing;

namespace PushGateway.Fuzz.Targets;

/// <summary>Delimited protobuf: bytes damaged, or messages with their fields changed and all lengths right.</summary>
internal sealed class ProtobufTarget : FuzzTarget
{
    public override string Name => "protobuf";

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [.. SeedFile.Binaries("protobuf.json"), .. SeedFile.Texts("text.json").Select(AsProtobuf).Where(seed => seed.Length > 0)];

    /// <summary>A metric of two bytes (a tag, no content) is an object of 64 bytes in a list that doubles, and a family one of 64.</summary>
    public override int BytesPerByte => 200;

    public override byte[] Make(Mutator mutator) =>
        mutator.Dice.OneIn(3) ? mutator.Mutate() : new WireMutator(mutator).Mutate(mutator.Seed());

    public override void Read(byte[] input) => _ = ProtobufParser.TryParse(input, out _, out _);

    public override void Check(byte[] input)
    {
        byte[] whole = Parse(input, out List<MetricFamily>? families);
        OracleException.ThrowIfDifferent("what stands around the body matters", whole, Parse(Surrounded.By(1, input), out _));
        OracleException.ThrowIfDifferent("what stands around the body matters", whole, Parse(Surrounded.By(0xFF, input), out _));
        if (families is not null)
        {
            byte[] written = FamilyOracle.Encode(families);
            OracleException.ThrowIfDifferent("what was written is read differently", whole, Parse(written, out _));
            FamilyOracle.CheckScrape(families);
        }
    }

    private static byte[] Parse(ReadOnlyMemory<byte> input, out List<MetricFamily>? families)
    {
        _ = ProtobufParser.TryParse(input, out families, out PushError? error);
        return FamilyOracle.Show(families, error);
    }

    private static byte[] AsProtobuf(byte[] text) =>
        TextParser.TryParse(text, NameValidation.Utf8, out List<MetricFamily>? families, out _)
            ? FamilyOracle.Encode(families)
            : [];
}
