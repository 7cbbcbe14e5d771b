using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

public class ProtoReaderTests
{
    [Theory]
    [InlineData("00", 0UL)]
    [InlineData("7F", 127UL)]
    [InlineData("8001", 128UL)]
    [InlineData("8000", 0UL)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", ulong.MaxValue)]
    public void ReadVarint_UpToTenBytes_IsTheNumber(string bytes, ulong expected)
    {
        var reader = new ProtoReader(Convert.FromHexString(bytes));

        Assert.Equal(expected, reader.ReadVarint());
        Assert.True(reader.AtEnd);
        Assert.Null(reader.Error);
    }

    [Theory]
    [InlineData("00", 0L)]
    [InlineData("01", -1L)]
    [InlineData("02", 1L)]
    [InlineData("FEFFFFFFFFFFFFFFFF01", long.MaxValue)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", long.MinValue)]
    public void ReadZigZag_AnyNumber_TurnsSignAround(string bytes, long expected)
    {
        var reader = new ProtoReader(Convert.FromHexString(bytes));

        Assert.Equal(expected, reader.ReadZigZag());
    }

    [Fact]
    public void TryReadTag_AfterAFailureInAnInnerMessage_GivesNoMore()
    {
        var reader = new ProtoReader(Convert.FromHexString("0A01000801"));
        Assert.True(reader.TryReadTag(out _));
        int outer = reader.Enter();
        Assert.False(reader.TryReadTag(out _));
        reader.Leave(outer);

        Assert.False(reader.TryReadTag(out _));
        Assert.NotNull(reader.Error);
    }

    [Fact]
    public void Refuse_AfterAFailure_KeepsTheFirstReason()
    {
        var reader = new ProtoReader(Convert.FromHexString("80"));
        reader.ReadVarint();

        reader.Reject("later");

        Assert.EndsWith("unexpected EOF at byte 1", reader.Error?.Message);
    }
}
