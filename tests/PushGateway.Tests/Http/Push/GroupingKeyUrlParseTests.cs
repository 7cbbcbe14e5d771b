using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http.Push;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>
/// Paths after <c>/metrics/job/</c>, with their keys and errors. Messages are exactly those of the Go Pushgateway.
/// </summary>
public sealed class GroupingKeyUrlParseTests
{
    [Theory]
    [InlineData("a", "job=a")]
    [InlineData("a/", "job=a")] // the router's catch-all, empty
    [InlineData("a/b/c", "b=c,job=a")]
    [InlineData("a/b/", "b=,job=a")]
    [InlineData("a/z/1/b/2", "b=2,job=a,z=1")]
    [InlineData("a/b/1/b/2", "b=2,job=a")] // the last one wins
    [InlineData("a/job/zz", "job=a")] // but not over the job
    [InlineData("a/job@base64/eno", "job=a")]
    [InlineData("a/instance/", "instance=,job=a")]
    [InlineData("a/_/x", "_=x,job=a")]
    [InlineData("a/b1/é ", "b1=é ,job=a")]
    [InlineData("a/b@base64/YS9i", "b=a/b,job=a")]
    [InlineData("a/b@base64/YQ==", "b=a,job=a")]
    [InlineData("a/b@base64/YQ======", "b=a,job=a")] // padding in any number
    [InlineData("a/b@base64/=", "b=,job=a")]
    [InlineData("a/b@base64/", "b=,job=a")]
    [InlineData("a/U__b_2e_c/v", "U__b_2e_c=v,job=a")] // an escaped name is but a name
    [InlineData("\0a\0/b/\0\0c", "b=//c,job=/a/")] // encoded slashes, with --push.lenient
    public void TryParse_LegacyNames_GivesTheLabels(string path, string labels) =>
        Assert.Equal(labels, Labels(Parse(path, NameValidation.Legacy)));

    [Theory]
    [InlineData("a/b.c/d", "b.c=d,job=a")]
    [InlineData("a/é/d", "job=a,é=d")]
    [InlineData("a/1b/d", "1b=d,job=a")]
    [InlineData("a/b\n\"/d", "b\n\"=d,job=a")]
    [InlineData("a/U__b_2e_c/v", "b.c=v,job=a")]
    [InlineData("a/U__a_zz_/v", "U__a_zz_=v,job=a")] // not an escape after all
    [InlineData("a/U__b_2e_c@base64/YQ", "b.c=a,job=a")]
    [InlineData("a/b@base64@base64/YQ", "b@base64=a,job=a")] // only one suffix is removed
    [InlineData("a/b@BASE64/YQ", "b@BASE64=YQ,job=a")]
    [InlineData("a/_b/c", "_b=c,job=a")]
    public void TryParse_Utf8Names_GivesTheLabels(string path, string labels) =>
        Assert.Equal(labels, Labels(Parse(path, NameValidation.Utf8)));

    [Theory]
    [InlineData("YQ", "job=a")]
    [InlineData("YQ==/b/c", "b=c,job=a")]
    [InlineData("YS9i/b@base64/Yw", "b=c,job=a/b")]
    public void TryParse_JobInBase64_IsDecoded(string path, string labels) =>
        Assert.Equal(labels, Labels(Parse(path, NameValidation.Legacy, jobIsBase64: true)));

    [Theory]
    [InlineData("", "job name is required")]
    [InlineData("/b/c", "job name is required")]
    [InlineData("a/b", "odd number of components in label string \"/b\"")]
    [InlineData("a/b/c/d", "odd number of components in label string \"/b/c/d\"")]
    [InlineData("a/b/c/", "odd number of components in label string \"/b/c/\"")]
    [InlineData("a/b\"\n", "odd number of components in label string \"/b\\\"\\n\"")]
    [InlineData("a/__b/c", "improper label name \"__b\"")]
    [InlineData("a/__/c", "improper label name \"__\"")]
    [InlineData("a//c", "improper label name \"\"")]
    [InlineData("a/@base64/YQ", "improper label name \"\"")]
    [InlineData("a/b@base64/Y", "invalid base64 encoding for label b=\"Y\": illegal base64 data at input byte 0")]
    [InlineData("a/b@base64/YW=I", "invalid base64 encoding for label b=\"YW=I\": illegal base64 data at input byte 2")]
    [InlineData("a/b@base64/Y\n", "invalid base64 encoding for label b=\"Y\\n\": illegal base64 data at input byte 1")]
    [InlineData("a/b@base64/é", "invalid base64 encoding for label b=\"é\": illegal base64 data at input byte 0")]
    public void TryParse_Invalid_SaysWhy(string path, string error)
    {
        Assert.Equal(error, ErrorOf(path, NameValidation.Legacy));
        Assert.Equal(error, ErrorOf(path, NameValidation.Utf8));
    }

    [Theory]
    [InlineData("a/1b/c", "improper label name \"1b\"")]
    [InlineData("a/b.c/d", "improper label name \"b.c\"")]
    [InlineData("a/b:c/d", "improper label name \"b:c\"")]
    [InlineData("a/é/d", "improper label name \"é\"")]
    [InlineData("a/b\u0001/d", "improper label name \"b\\x01\"")]
    [InlineData("a/b@BASE64/YQ", "improper label name \"b@BASE64\"")]
    [InlineData("a/b@base64@base64/YQ", "improper label name \"b@base64\"")]
    public void TryParse_NameThatNeedsUtf8Names_IsImproper(string path, string error) =>
        Assert.Equal(error, ErrorOf(path, NameValidation.Legacy));

    [Theory]
    [InlineData("a/U__/v", "improper label name \"U__\"")] // empty once unescaped
    [InlineData("a/U_____5f__5f_x/v", "improper label name \"U_____5f__5f_x\"")] // reserved once unescaped
    public void TryParse_NameThatIsImproperOnceUnescaped_IsRefused(string path, string error) =>
        Assert.Equal(error, ErrorOf(path, NameValidation.Utf8));

    [Theory]
    [InlineData("=", "job name is required")]
    [InlineData("\n/a/b", "job name is required")]
    [InlineData("Y", "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    [InlineData("YWJjZ/a/b", "invalid base64 encoding in job name \"abc\": illegal base64 data at input byte 4")]
    [InlineData("AAAA!AAA", "invalid base64 encoding in job name \"\\x00\\x00\\x00\": illegal base64 data at input byte 4")]
    [InlineData("!/odd", "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    [InlineData("=/odd", "odd number of components in label string \"/odd\"")]
    [InlineData("=/__b/c", "improper label name \"__b\"")]
    public void TryParse_JobInBase64Invalid_SaysWhyInUpstreamsOrder(string path, string error) =>
        Assert.Equal(error, ErrorOf(path, NameValidation.Legacy, jobIsBase64: true));

    [Fact]
    public void TryParse_Base64OfBytesThatAreNotUtf8_KeepsThem()
    {
        GroupingKey key = Parse("a/b@base64/_w", NameValidation.Legacy);

        Assert.Equal([0xff], key.Labels[0].Value.Span.ToArray());
        Assert.False(key.Labels[0].Value.IsValidUtf8);
    }

    private static GroupingKey Parse(string path, NameValidation names, bool jobIsBase64 = false)
    {
        bool valid = new GroupingKeyUrl(names).TryParse(path, jobIsBase64, out GroupingKey? key, out string error);
        Assert.True(valid, error);
        return key!;
    }

    private static string ErrorOf(string path, NameValidation names, bool jobIsBase64 = false)
    {
        Assert.False(new GroupingKeyUrl(names).TryParse(path, jobIsBase64, out GroupingKey? key, out string error));
        Assert.Null(key);
        return error;
    }

    private static string Labels(GroupingKey key) =>
        string.Join(',', key.Labels.Select(label => $"{label.Name}={label.Value}"));
}
