using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class Utf8StringTests
{
    [Theory]
    [InlineData("", "a")]
    [InlineData("a", "ab")]
    [InlineData("B", "a")]
    [InlineData("z", "é")]
    [InlineData("\uffff", "😀")] // the other way round in UTF-16
    [InlineData("\ue000", "\U00010000")]
    public void CompareTo_Text_IsInTheOrderOfItsBytes(string less, string more)
    {
        var left = new Utf8String(less);
        var right = new Utf8String(more);

        Assert.True(left < right);
        Assert.True(left <= right);
        Assert.True(right > left);
        Assert.True(right >= left);
        Assert.True(left != right);
        Assert.Equal(0, left.CompareTo(new Utf8String(less)));
    }

    [Fact]
    public void CompareTo_AstralText_DiffersFromUtf16()
    {
        Assert.True(string.CompareOrdinal("\uffff", "😀") > 0);
        Assert.True(new Utf8String("\uffff").CompareTo(new Utf8String("😀")) < 0);
    }

    [Fact]
    public void Equals_SameBytes_WhateverMemoryTheyAreIn()
    {
        byte[] bytes = "xxabxx"u8.ToArray();
        var view = new Utf8String(bytes.AsMemory(2, 2));

        Assert.Equal(new Utf8String("ab"), view);
        Assert.Equal(new Utf8String("ab").GetHashCode(), view.GetHashCode());
        Assert.NotEqual(new Utf8String("aB"), view);
        Assert.NotEqual(new Utf8String("abx"), view);
        Assert.Equal(default, new Utf8String(""));
        Assert.False(view.Equals("ab"));
    }

    [Fact]
    public void Copy_OfAView_OutlivesTheBuffer()
    {
        byte[] bytes = "ab"u8.ToArray();
        var view = new Utf8String(bytes.AsMemory());
        Utf8String copy = view.Copy();
        Label label = new Label(view, view).Copy();

        bytes[0] = (byte)'x';

        Assert.Equal("xb", view.ToString());
        Assert.Equal("ab", copy.ToString());
        Assert.Equal(new Label("ab", "ab"), label);
    }

    [Fact]
    public void ToString_NotUtf8_ShowsReplacements()
    {
        var text = new Utf8String([(byte)'a', 0xff]);

        Assert.False(text.IsValidUtf8);
        Assert.Equal("a\ufffd", text.ToString());
    }
}
