using System.Text;
using PushGateway.WebConfig.Passwords;
using Xunit;

namespace PushGateway.Tests.WebConfig.Passwords;

public sealed class BcryptHashTests
{
    private const string Long =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored";

    [Theory]
    // From jBCrypt's tests.
    [InlineData("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.")]
    [InlineData("", "$2a$08$HqWuK6/Ng6sg9gQzbLrgb.Tl.ZHfXLhvt/SgVyWhQqgqcZ7ZuUtye")]
    [InlineData("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe")]
    [InlineData("a", "$2a$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V.")]
    [InlineData("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC")]
    [InlineData("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO")]
    // From crypt_blowfish's.
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [InlineData("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a")]
    [InlineData(Long, "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui")]
    public void Verify_PublishedVector_IsThePassword(string latin1, string text)
    {
        BcryptHash hash = Parse(text);

        Assert.True(hash.Verify(Encoding.Latin1.GetBytes(latin1)));
        Assert.False(hash.Verify(Encoding.Latin1.GetBytes("x" + latin1)));
    }

    [Theory]
    [InlineData("$2a$04$", 0)]
    [InlineData("$2b$04$", 1)]
    [InlineData("$2y$05$", 17)]
    [InlineData("$2b$04$", 71)]
    [InlineData("$2y$04$", 72)]
    [InlineData("$2b$04$", 73)]
    [InlineData("$2b$04$", 300)]
    public void Verify_HashOfTheSystem_IsThePassword(string variant, int length)
    {
        var random = new Random(length);
        byte[] password = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(1, 128))];
        if (length > 1)
        {
            // A letter of two bytes; at a length of 73 the second one is beyond those that count.
            "é"u8.CopyTo(password.AsSpan(length - 2));
        }
        string salt = new([.. Enumerable.Range(0, 21).Select(_ => (char)random.Next('a', 'z' + 1)), 'u']);

        string text = LibCrypt.HashOrSkip(password, variant + salt);

        Assert.True(Parse(text).Verify(password));
        Assert.False(Parse(text).Verify([(byte)'x', .. password]));
    }

    [Theory]
    [InlineData("\u00ff\u00ff\u00a3", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e")]
    [InlineData("\u00a3", "$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq")]
    public void Verify_PasswordIsNotUtf8_IsNoMatch(string latin1, string text) =>
        Assert.False(Parse(text).Verify(Encoding.Latin1.GetBytes(latin1)));

    /// <summary>The bits beyond the last byte of salt and hash do not count.</summary>
    [Theory]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCCBE5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeX")]
    public void Verify_SpareBitsAreSet_IsThePassword(string text)
    {
        Assert.True(Parse(text).Verify("U*U"u8));
        Assert.False(Parse(text).Verify("U*U*"u8));
    }

    [Fact]
    public void Verify_PasswordThatIsNotUtf8ReadsAsReplacements_IsNoMatch()
    {
        string text = LibCrypt.HashOrSkip(Encoding.UTF8.GetBytes("\ufffd"), "$2b$04$abcdefghijklmnopqrstuu");

        Assert.True(Parse(text).Verify(Encoding.UTF8.GetBytes("\ufffd")));
        Assert.False(Parse(text).Verify([0xff]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")]
    [InlineData("$2b$4$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrWx")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrWW")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr=")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr\u00e4")]
    [InlineData("$6$saltsalt$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8")]
    public void TryParse_NoBcryptHash_IsRefused(string text)
    {
        Assert.False(BcryptHash.TryParse(text, out _, out string? error));
        Assert.StartsWith("is not a bcrypt hash", error);
    }

    [Theory]
    [InlineData("$2b$03$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", 3)]
    [InlineData("$2b$32$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", 32)]
    public void TryParse_CostOutOfRange_IsRefused(string text, int cost)
    {
        Assert.False(BcryptHash.TryParse(text, out _, out string? error));
        Assert.Equal($"has a bcrypt cost of {cost}; it has to be from 4 to 31", error);
    }

    private static BcryptHash Parse(string text)
    {
        Assert.True(BcryptHash.TryParse(text, out BcryptHash? hash, out string? error), error);
        return hash;
    }
}
