using Microsoft.AspNetCore.Http.Features;
using PushGateway.Http.Rejections;
using Xunit;

namespace PushGateway.Tests.Http.Rejections;

public sealed class RecentRejectionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(250)]
    public void Read_AfterSoMany_HasTheLastHundredNewestFirst(int count)
    {
        var rejections = new RecentRejections();
        for (int i = 1; i <= count; i++)
        {
            rejections.Add(Of("/metrics/job/a", "wrong", i));
        }

        (Rejection[] newest, long total) = rejections.Read();

        Assert.Equal(count, total);
        Assert.Equal(Enumerable.Range(1, count).Reverse().Take(100), newest.Select(one => (int)one.At));
    }

    [Fact]
    public void Of_LongTexts_AreCut()
    {
        Rejection rejection = Of("/" + new string('p', 8_000) + "?query", new string('r', 1 << 20) + "\n", at: 1);

        Assert.Equal((1025, 1025), (rejection.Path.Length, rejection.Reason.Length));
        Assert.EndsWith("p…", rejection.Path);
        Assert.EndsWith("r…", rejection.Reason);
    }

    private static Rejection Of(string target, string reason, long at)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return Rejection.Of(context, 400, reason, at);
    }
}
