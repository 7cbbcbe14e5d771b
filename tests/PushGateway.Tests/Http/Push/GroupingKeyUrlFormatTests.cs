using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http.Middleware;
using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class GroupingKeyUrlFormatTests
{
    private static readonly Utf8String Job = new("job");

    private static readonly Gen<Utf8String> Values = Gen.OneOf(
        Gen.Elements(
            "", "/", "a/b", "//", ".", "..", "...", "a.b", " ", "%2F", "%", "?", "#", "\\", "\"", "é", "😀", "\u202e", "=",
            "@base64", "a@base64", "\n", "\0", "\u007f", "<script>", "+", "a b", ":", "~", "-_").Select(text => new Utf8String(text)),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => new Utf8String(text.Get)),
        ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => new Utf8String(bytes.AsMemory())));

    private static readonly Gen<string> LegacyNames =
        Gen.Elements("a", "instance", "_x", "B9", "U__", "U__a", "base64", "U__b_2e_c", "Job", "__a"[1..]);

    private static readonly Gen<string> Utf8Names = Gen.OneOf(
        LegacyNames,
        Gen.Elements("a.b", "a/b", "é", "x@base64", "1", "a:b", "😀", " ", "\"", "%", ".", "..", "U__é", "U__:", "a_.b", "\U0010ffff", "/\U00100000_U__", "\U000fffff"));

    [Theory]
    [InlineData("job=nightly", "metrics/job/nightly")]
    [InlineData("job=nightly,instance=a,zone=b", "metrics/job/nightly/instance/a/zone/b")]
    [InlineData("job=a,b=", "metrics/job/a/b@base64/=")]
    [InlineData("job=a,b=/var/tmp", "metrics/job/a/b@base64/L3Zhci90bXA")]
    [InlineData("job=a/b", "metrics/job@base64/YS9i")]
    [InlineData("job=..", "metrics/job@base64/Li4")]
    [InlineData("job=a.b", "metrics/job/a.b")]
    [InlineData("job=é ?#%", "metrics/job/%C3%A9%20%3F%23%25")]
    [InlineData("job=a\nb", "metrics/job@base64/YQpi")]
    [InlineData("job=a,b.c=d", "metrics/job/a/U__b_2e_c/d")]
    [InlineData("job=a,U__:=d", "metrics/job/a/U__U____:/d")]
    [InlineData("job=a,U__b_2e_c=d", "metrics/job/a/U__U____b__2e__c/d")]
    [InlineData("job=a,\U000fffff=d", "metrics/job/a/U___fffff_/d")]
    [InlineData("job=a,b_/\U0010ffff=d", "metrics/job/a/U__b___2f_%F4%8F%BF%BF/d")] // six digits would not be read
    public void Format_AKey_IsThePathOfAPush(string labels, string path) =>
        Assert.Equal(path, new GroupingKeyUrl(NameValidation.Utf8).Format(KeyOf(labels)));

    [Fact]
    public void Format_ANameThatLooksEscaped_IsAsItIsWhereNoneAre() => Assert.Equal(
        "metrics/job/a/U__b_2e_c/d", new GroupingKeyUrl(NameValidation.Legacy).Format(KeyOf("job=a,U__b_2e_c=d")));

    [Fact]
    public void Format_AnyKeyWithPlainNames_ReadsBackAsTheKey() => AssertRoundTrips(LegacyNames, NameValidation.Legacy);

    [Fact]
    public void Format_AnyKeyWithAnyNames_ReadsBackAsTheKey() => AssertRoundTrips(Utf8Names, NameValidation.Utf8);

    private static void AssertRoundTrips(Gen<string> names, NameValidation validation)
    {
        Gen<GroupingKey> keys =
            from job in Values.Where(job => !job.IsEmpty)
            from labels in (from name in names from value in Values select new Label(new Utf8String(name), value)).ListOf()
            select new GroupingKey(labels.DistinctBy(label => label.Name).Append(new Label(Job, job)));
        Prop.ForAll(keys.ToArbitrary(), key =>
        {
            string path = "/" + new GroupingKeyUrl(validation).Format(key);

            Assert.True(Encoding.UTF8.GetByteCount(path) == path.Length, path);
            Assert.DoesNotContain(path, c => char.IsControl(c) || c is ' ' or '"' or '<' or '>' or '\\' or '?' or '#');
            Assert.True(PathNormalizationMiddleware.TryDecode(path, out string decoded, out bool isUtf8));
            Assert.True(isUtf8);
            Assert.Equal(decoded, PathNormalizationMiddleware.Clean(decoded));
            bool isBase64 = decoded.StartsWith("/metrics/job@base64/", StringComparison.Ordinal);
            int keyAt = (isBase64 ? "/metrics/job@base64/" : "/metrics/job/").Length;
            Assert.True(
                new GroupingKeyUrl(validation).TryParse(decoded.AsSpan(keyAt), isBase64, out GroupingKey? read, out string error),
                $"{path}: {error}");
            Assert.Equal(key, read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static GroupingKey KeyOf(string labels) => new(labels.Split(',')
        .Select(label => label.Split('=', 2))
        .Select(parts => new Label(parts[0], parts[1])));
}
