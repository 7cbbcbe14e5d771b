using Microsoft.AspNetCore.Http.Features;
using PushGateway.Http.Middleware;
using Xunit;

namespace PushGateway.Tests.Http.Middleware;

public sealed class PathNormalizationMiddlewareTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a?b/c", "/a")]
    [InlineData("/a?", "/a")]
    [InlineData("/a?b?c", "/a")]
    [InlineData("/a%3Fb", "/a%3Fb")]
    [InlineData("http://host/a/b", "/a/b")]
    [InlineData("http://host:9091/a?b", "/a")]
    [InlineData("http://host", "/")]
    [InlineData("http://host?a/b", "")]
    [InlineData("/a://b/c", "/a://b/c")]
    [InlineData("*", "*")]
    [InlineData("", "")]
    public void PathOf_RequestTarget_IsItsPath(string target, string path) =>
        Assert.Equal(path, PathNormalizationMiddleware.PathOf(target).ToString());

    [Theory]
    [InlineData("", "")]
    [InlineData("/plain-._~!$&'()*+,;=:@", "/plain-._~!$&'()*+,;=:@")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/a%2Fb%2fc", "/a/b/c")]
    [InlineData("/%25", "/%")]
    [InlineData("/%2541", "/%41")] // once, not again
    [InlineData("/%C3%A9%e2%82%ac", "/é€")]
    [InlineData("/%F0%9F%98%80", "/😀")]
    [InlineData("/é%C3%A9", "/éé")]
    [InlineData("/%00%0a%7f", "/\0\n\u007f")]
    [InlineData("%41", "A")]
    public void TryDecode_Valid_GivesTheText(string path, string decoded)
    {
        Assert.True(PathNormalizationMiddleware.TryDecode(path, out string text, out bool isUtf8));

        Assert.Equal(decoded, text);
        Assert.True(isUtf8);
    }

    [Theory]
    [InlineData("/%ff")]
    [InlineData("/%C3")]
    [InlineData("/%C3/%A9")]
    [InlineData("/%ED%A0%80")] // a surrogate
    [InlineData("/%C0%AF")] // an overlong slash
    public void TryDecode_NotUtf8_SaysSo(string path)
    {
        Assert.True(PathNormalizationMiddleware.TryDecode(path, out string text, out bool isUtf8));

        Assert.Contains('\ufffd', text);
        Assert.False(isUtf8);
    }

    [Theory]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%4/1")]
    [InlineData("/%zz")]
    [InlineData("/%4g")]
    [InlineData("/%%41")]
    [InlineData("/%41%")]
    [InlineData("/% 41")]
    [InlineData("/%+1")]
    public void TryDecode_PercentSignWithoutTwoDigits_Fails(string path) =>
        Assert.False(PathNormalizationMiddleware.TryDecode(path, out _, out _));

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a", "/a")]
    [InlineData("/a/", "/a/")]
    [InlineData("/a.b/.c/..d/e./...", "/a.b/.c/..d/e./...")]
    [InlineData("", "/")]
    [InlineData("a", "/a")]
    [InlineData("a/", "/a/")]
    [InlineData("//", "/")]
    [InlineData("///", "/")]
    [InlineData("//a", "/a")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("/a/b//", "/a/b/")]
    [InlineData("/.", "/")]
    [InlineData("/..", "/")]
    [InlineData("/../..", "/")]
    [InlineData("/./a", "/a")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a/../../../b", "/b")]
    [InlineData("/a/../", "/")]
    [InlineData("/a/b/../", "/a/")]
    [InlineData("//a//..//b//", "/b/")]
    public void Clean_Path_IsAsGosRouterCleansIt(string path, string clean) =>
        Assert.Equal(clean, PathNormalizationMiddleware.Clean(path));

    [Theory]
    [InlineData("/a/..")]
    [InlineData("/a//")]
    [InlineData("/../a/.")]
    [InlineData("//x/./y//../")]
    public void Clean_OfWhatIsClean_ChangesNothing(string path)
    {
        string once = PathNormalizationMiddleware.Clean(path);

        Assert.Equal(once, PathNormalizationMiddleware.Clean(once));
    }

    [Theory]
    [InlineData("/metrics/job/a", "/metrics/job/a")]
    [InlineData("/-_.~$&+,/:;=@", "/-_.~$&+,/:;=@")]
    [InlineData("/ ", "/%20")]
    [InlineData("/a?b#c", "/a%3Fb%23c")]
    [InlineData("/%", "/%25")]
    [InlineData("/é€😀", "/%C3%A9%E2%82%AC%F0%9F%98%80")]
    [InlineData("/\r\nX: y", "/%0D%0AX:%20y")]
    [InlineData("/!'()*[]<>\"\\^`{|}", "/%21%27%28%29%2A%5B%5D%3C%3E%22%5C%5E%60%7B%7C%7D")]
    public void Encode_Path_IsAsGosNetUrlEncodesIt(string path, string encoded) =>
        Assert.Equal(encoded, PathNormalizationMiddleware.Encode(path));

    [Fact]
    public async Task InvokeAsync_WholeServer_IsThere()
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "*";

        await new PathNormalizationMiddleware(_ => throw new InvalidOperationException("has no path")).InvokeAsync(context);

        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
    }
}
