using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using PushGateway.Http.Middleware;
using PushGateway.Http.Rejections;
using PushGateway.Http.Responses;
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
        var rejections = new RecentRejections(TimeProvider.System);
        for (int i = 1; i <= count; i++)
        {
            rejections.Record(RequestOf("/metrics/job/a"), status: i, "wrong");
        }

        (Rejection[] newest, long total) = rejections.Read();

        Assert.Equal(count, total);
        Assert.Equal(Enumerable.Range(1, count).Reverse().Take(100), newest.Select(one => one.Status));
    }

    [Fact]
    public void Of_LongTexts_AreCut()
    {
        var rejection = Rejection.Of(
            RequestOf("/" + new string('p', 8_000) + "?query"), 400, new string('r', 1 << 20) + "\n", at: 1);

        Assert.Equal((1025, 1025), (rejection.Path.Length, rejection.Reason.Length));
        Assert.EndsWith("p…", rejection.Path);
        Assert.Equal(new string('r', 768) + "…" + new string('r', 256), rejection.Reason);
    }

    [Theory]
    [InlineData("PUT", 1)]
    [InlineData("GET", 0)]
    public async Task Invoke_UnexpectedException_IsRecordedForChanges(string method, int recorded)
    {
        var rejections = new RecentRejections(TimeProvider.System);
        DefaultHttpContext context = RequestOf("/metrics/job/a");
        context.Request.Method = method;
        context.RequestServices = new ServiceCollection().AddSingleton<IRejectionRecorder>(rejections).BuildServiceProvider();
        var middleware = new ExceptionMiddleware(
            _ => throw new InvalidOperationException(), NullLogger<ExceptionMiddleware>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => middleware.InvokeAsync(context));

        Assert.Equal(
            Enumerable.Repeat((500, "internal error: see the log"), recorded),
            rejections.Read().Newest.Select(one => (one.Status, one.Reason)));
    }

    private static DefaultHttpContext RequestOf(string target)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return context;
    }
}
