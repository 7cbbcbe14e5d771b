using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Exposition;

public class ByteWriterTests
{
    /// <summary>The same output, begun at each position of a segment.</summary>
    [Fact]
    public void Write_AcrossSegments_LosesNothing()
    {
        byte[] longText = [.. Enumerable.Range(0, 600).Select(i => (byte)('a' + (i % 26)))];
        for (int offset = 0; offset < 300; offset++)
        {
            var segments = new Segments();
            var writer = new ByteWriter(segments);
            for (int i = 0; i < offset; i++)
            {
                writer.Write((byte)'.');
            }
            writer.WriteNumber(-1.7976931348623157e308);
            writer.Write("short"u8);
            writer.Write(new Utf8String(longText));
            writer.Write(default(Utf8String));
            writer.Write((byte)'|');
            writer.Commit();

            Assert.Equal(
                new string('.', offset) + "-1.7976931348623157e+308short" + Encoding.ASCII.GetString(longText) + "|",
                Encoding.ASCII.GetString(segments.Written));
            Assert.True(segments.Count > 2);
        }
    }

    [Theory]
    [InlineData(-0.0, "0")]
    [InlineData(0, "0")]
    [InlineData(-1, "-1")]
    [InlineData(double.NaN, "NaN")]
    public void WriteNumber_Zero_HasNoSign(double value, string expected)
    {
        var segments = new Segments();
        var writer = new ByteWriter(segments);

        writer.WriteNumber(value);
        writer.Commit();

        Assert.Equal(expected, Encoding.ASCII.GetString(segments.Written));
    }

    [Fact]
    public void Commit_NothingWritten_AsksForNothing()
    {
        var segments = new Segments();
        var writer = new ByteWriter(segments);

        writer.Commit();

        Assert.Equal(0, segments.Count);
    }

    [Fact]
    public void Commit_ThenMore_IsAppended()
    {
        var segments = new Segments();
        var writer = new ByteWriter(segments);

        writer.Write("a"u8);
        writer.Commit();
        writer.Write("b"u8);
        writer.Commit();
        writer.Commit();

        Assert.Equal("ab"u8, segments.Written);
    }
}
