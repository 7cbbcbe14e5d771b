using PushGateway.CommandLine;
using Xunit;

namespace PushGateway.Tests.CommandLine;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("1024", 1024)]
    [InlineData("7B", 7)]
    [InlineData("3KB", 3_000)]
    [InlineData("3kB", 3_000)]
    [InlineData("3KiB", 3 << 10)]
    [InlineData("64MB", 64_000_000)]
    [InlineData("64mb", 64_000_000)]
    [InlineData("256MiB", 256 << 20)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("5TB", 5_000_000_000_000)]
    [InlineData("1TiB", 1L << 40)]
    [InlineData("0256MiB", 256 << 20)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_Size_IsBytes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size, out string? error), error);
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5GiB")]
    [InlineData("1 GiB")]
    [InlineData("1G")]
    [InlineData("1i")]
    [InlineData("1MiBs")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("٣")]
    public void TryParse_NotASize_SaysWhatOneLooksLike(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _, out string? error));
        Assert.EndsWith(": must be a number of bytes, such as 1024, 64MB or 256MiB", error);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0MiB")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    [InlineData("99999999999999999999GB")]
    public void TryParse_OutOfRange_SaysTheRange(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _, out string? error));
        Assert.Equal($"invalid size \"{text}\": must be from 1 to 9223372036854775807 bytes", error);
    }

    [Theory]
    [InlineData(1, "1B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1KiB")]
    [InlineData(256 << 20, "256MiB")]
    [InlineData(64_000_000, "64MB")]
    [InlineData(1L << 40, "1TiB")]
    public void ToString_Size_IsAsShortAsItIsExact(long bytes, string text)
    {
        Assert.Equal(text, new ByteSize(bytes).ToString());
        Assert.True(ByteSize.TryParse(text, out ByteSize parsed, out _));
        Assert.Equal(bytes, parsed.Bytes);
    }
}
