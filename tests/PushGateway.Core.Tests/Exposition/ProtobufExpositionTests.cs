using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class ProtobufExpositionTests
{
    /// <summary>What Go's encoder answered to the same family.</summary>
    [Fact]
    public void Encode_EveryField_IsAsGoEncodesIt()
    {
        const string expected =
            "0A027A7A120B61202268656C70220A5C781804" +
            "22F701" +
            "0A060A0161120162" +
            "0A0C0A08696E7374616E63651200" +
            "3ADE01" +
            "0803" + "110000000000000440" +
            "1A3C0801" + "11000000000000F03F" +
            "1A260A0C0A0574726163651203782279" + "11000000000000F83F" +
            "1A0D08FBFFFFFFFFFFFFFFFF011007" + "210000000000000440" +
            "1A0911000000000000F07F" +
            "210000000000000C40" + "2803" + "319D978CCF08BA5B25" + "3801" + "410000000000000000" +
            "4A0408051001" + "50015004" + "59000000000000F03F" + "590000000000000040" +
            "620408021002" + "620808001080D0ACF30E" + "68066807" + "71000000000000E03F" +
            "7A0408011002" +
            "8201260A0C0A0574726163651203782279" + "11000000000000F83F" + "1A0D08FBFFFFFFFFFFFFFFFF011007" +
            "820100";

        Assert.Equal(expected, Convert.ToHexString(ProtobufExposition.Encode(Families.Rich())));
    }

    [Fact]
    public void Encode_OnlyAName_WritesNameAndType()
    {
        var family = new MetricFamily { Name = new("x"), Type = MetricType.Counter };

        Assert.Equal("0A01781800", Convert.ToHexString(ProtobufExposition.Encode(family)));
    }

    [Fact]
    public void Encode_CounterOfZero_StillWritesItsValue()
    {
        var family = new MetricFamily { Name = new("x"), Metrics = [new() { ValueType = MetricType.Counter }] };

        Assert.EndsWith("220B" + "1A09" + "090000000000000000", Convert.ToHexString(ProtobufExposition.Encode(family)));
    }

    [Theory]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16383, 2)]
    [InlineData(16384, 3)]
    public void Write_FamilyOfAnyLength_PutsItsLengthBefore(int length, int prefix)
    {
        var family = new MetricFamily { Name = new("x"), Help = new("") };
        int padding = length - ProtobufExposition.Encode(family).Length;
        padding -= padding >= 16384 ? 2 : padding >= 129 ? 1 : 0;
        family.Help = new(new string('h', padding));
        var output = new ArrayBufferWriter<byte>();

        ProtobufExposition.Write(family, output);

        Assert.Equal(length + prefix, output.WrittenCount);
        Assert.Equal(ProtobufExposition.Encode(family), output.WrittenSpan[prefix..]);
    }

    [Fact]
    public void Encode_AnyFamily_IsReadBackAsItWas() => Prop.ForAll(Families.Any, family =>
    {
        var output = new ArrayBufferWriter<byte>();
        ProtobufExposition.Write(family, output);

        Assert.True(ProtobufParser.TryParse(output.WrittenMemory, out List<MetricFamily>? families, out _));

        // The text form names every field, and shares no code with the binary one.
        MetricFamily read = Assert.Single(families);
        Assert.Equal(PrototextExposition.Describe(family), PrototextExposition.Describe(read));
        Assert.Equal(ProtobufExposition.Encode(family), ProtobufExposition.Encode(read));
    }).QuickCheckThrowOnFailure();
}
