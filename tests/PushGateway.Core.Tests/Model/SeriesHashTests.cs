using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class SeriesHashTests
{
    [Fact]
    public void Of_LabelsInAnyOrder_IsTheSame()
    {
        Label[] labels = [new("a", "1"), new("b", "2"), new("c", "")];
        UInt128 hash = SeriesHash.Of("x"u8, labels);

        Assert.Equal(hash, SeriesHash.Of("x"u8, [labels[2], labels[0], labels[1]]));
        Assert.Equal(hash, SeriesHash.OfName("x"u8) + SeriesHash.OfLabels(labels));
        Assert.NotEqual(hash, SeriesHash.Of("x"u8, [labels[0], labels[1]]));
        Assert.NotEqual(hash, SeriesHash.Of("y"u8, labels));
    }

    /// <summary>
    /// Series that could be confused have distinct hashes. (Labels without a name, which would have the hash of a name, are
    /// rejected.)
    /// </summary>
    [Fact]
    public void Of_SeriesThatLookAlike_Differ()
    {
        (string Name, Label[] Labels)[] series =
        [
            ("x", []),
            ("", [new("x", "")]),
            ("", [new("__name__", "x")]),
            ("x", [new("x", "")]),
            ("x", [new("a", "b")]),
            ("x", [new("b", "a")]),
            ("x", [new("ab", "")]),
            ("x", [new("a", "b\0")]),
            ("x", [new("a\0", "b")]),
            ("x", [new("a", "\0b")]),
            ("x", [new("a", "b"), new("a", "b")]),
            ("x", [new("a", "b"), new("c", "d")]),
            ("x", [new("a", "d"), new("c", "b")]),
            ("x", [new("a", "c"), new("b", "d")]),
            ("x", [new("abcdefgh", "ijklmnop")]),
            ("x", [new("abcdefghi", "jklmnop")]),
            ("x", [new("abcdefg", "hijklmnop")]),
            ("x", [new("abcdefghijklmnop", "")]),
            ("x", [new("abcdefgh", "ijklmnop\0")]),
            ("a", [new("x", "b")]),
        ];

        Assert.Distinct(series.Select(one => SeriesHash.Of(new Utf8String(one.Name).Span, one.Labels)));
    }

    /// <summary>Each byte matters, at any position in a word of eight.</summary>
    [Fact]
    public void OfName_OneBitFlipped_Differs()
    {
        var hashes = new List<UInt128>();
        for (int length = 0; length <= 24; length++)
        {
            byte[] name = new byte[length];
            hashes.Add(SeriesHash.OfName(name));
            for (int bit = 0; bit < length * 8; bit++)
            {
                name[bit / 8] ^= (byte)(1 << (bit % 8));
                hashes.Add(SeriesHash.OfName(name));
                name[bit / 8] = 0;
            }
        }

        Assert.Distinct(hashes);
        Assert.Distinct(hashes.Select(hash => (ulong)hash));
        Assert.Distinct(hashes.Select(hash => (ulong)(hash >> 64)));
    }
}
