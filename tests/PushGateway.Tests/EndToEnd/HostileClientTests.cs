using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd;

/// <summary>Clients that send nonsense, too much, or too little. After each, others are served as before.</summary>
public sealed class HostileClientTests : GatewayTests
{
    private const string Half = "half_metric 1\nother_metric 2\n";

    private static readonly MediaTypeHeaderValue DelimitedProtobuf = MediaTypeHeaderValue.Parse(
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\n" + Half)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1d\r\n" + Half + "\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + Half)]
    public async Task Push_BodyStopsHalfWay_ChangesNothing(string headersAndBody)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using RawClient client = await RawClient.ConnectAsync(gateway.Port);
        await client.SendAsync("PUT /metrics/job/half HTTP/1.1\r\nHost: x\r\n" + headersAndBody);

        string answer = await client.FinishAsync();

        Assert.DoesNotContain(" 200 ", answer);
        await AssertNothingIsStoredAndAPushWorksAsync(gateway);
    }

    [Fact]
    public async Task Push_ClientHangsUp_ChangesNothing()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        for (int i = 0; i < 20; i++)
        {
            using RawClient client = await RawClient.ConnectAsync(gateway.Port);
            await client.SendAsync("PUT /metrics/job/half HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + Half);
            client.Reset();
        }

        await AssertNothingIsStoredAndAPushWorksAsync(gateway);
    }

    [Theory]
    [InlineData("huge_name", "")]
    [InlineData("x{l=\"", "")]
    [InlineData("# ", "\nx 1\n")]
    public async Task Push_LineOf200Megabytes_IsAnsweredAndSurvived(string start, string end)
    {
        GatewayProcess gateway = await StartGatewayAsync("--push.max-body-size=1GiB");
        using var body = new LongLine(Encoding.UTF8.GetBytes(start), 200, Encoding.UTF8.GetBytes(end));

        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/long", body, TestContext.Current.CancellationToken);

        Assert.Equal(end.Length > 0 ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await gateway.IsReadyAsync(TestContext.Current.CancellationToken));
        Assert.Equal(end.Length > 0 ? 1 : 0, (await gateway.GroupsAsync()).Count);
    }

    [Fact]
    public async Task Push_200Megabytes_AreMoreThanIsTaken()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using var body = new LongLine("# "u8.ToArray(), 200, "\nx 1\n"u8.ToArray());

        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/long", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await AssertNothingIsStoredAndAPushWorksAsync(gateway);
    }

    [Fact]
    public async Task Push_LabelValueOf20KilobytesInTheUrl_IsAccepted()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string value = new string('v', 20_000);
        using var body = new StringContent("x 1\n");

        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            $"/metrics/job/long/label/{value}", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(value, (await gateway.GroupAsync()).Labels["label"]);
    }

    [Theory]
    [InlineData("0A 61 62 63")] // 10 claimed, 3 there
    [InlineData("FF FF FF FF 07 61")] // 2 GB claimed
    [InlineData("FF FF FF FF FF FF FF FF 7F 61")] // 2^63 - 1 claimed
    [InlineData("FF FF FF FF FF FF FF FF FF FF 01")] // longer than a length may be
    [InlineData("80")] // a length that stops half way
    public async Task Push_ProtobufLengthBeyondTheBody_IsABadRequest(string bytes)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using var body = new ByteArrayContent(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));
        body.Headers.ContentType = DelimitedProtobuf;

        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/claims", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await AssertNothingIsStoredAndAPushWorksAsync(gateway);
    }

    [Fact]
    public async Task Push_GzipThatIsNone_IsABadRequest()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        using var body = new StringContent("x 1\n");
        body.Headers.ContentEncoding.Add("gzip");

        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/zip", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await AssertNothingIsStoredAndAPushWorksAsync(gateway);
    }

    private static async Task AssertNothingIsStoredAndAPushWorksAsync(GatewayProcess gateway)
    {
        Assert.Empty(await gateway.GroupsAsync());
        using var body = new StringContent("good 1\n");
        using HttpResponseMessage answer = await gateway.Client.PutAsync(
            "/metrics/job/good", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["good"], (await gateway.GroupAsync()).Families);
        Assert.DoesNotContain("half_metric", await gateway.ScrapeAsync());
    }

    /// <summary>A body that is one line, made while it is sent.</summary>
    private sealed class LongLine(byte[] start, int megabytes, byte[] end) : HttpContent
    {
        private const int Megabyte = 1_000_000;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            byte[] block = new byte[Megabyte];
            block.AsSpan().Fill((byte)'a');
            await stream.WriteAsync(start);
            for (int i = 0; i < megabytes; i++)
            {
                await stream.WriteAsync(block);
            }

            await stream.WriteAsync(end);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = start.Length + (long)megabytes * Megabyte + end.Length;
            return true;
        }
    }
}
