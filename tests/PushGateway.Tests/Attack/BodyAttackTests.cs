using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.Http.Push;
using Xunit;

namespace PushGateway.Tests.Attack;

/// <summary>Bodies that are designed to need much more memory or time than their size.</summary>
public sealed class BodyAttackTests : AttackTests
{
    private const int BombsAtATime = 2;

    private static readonly MediaTypeHeaderValue DelimitedProtobuf = MediaTypeHeaderValue.Parse(
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("zstd")]
    [InlineData("deflate")]
    public async Task Push_Bomb_IsRefusedAtTheLimit(string encoding)
    {
        byte[] bomb = encoding switch
        {
            "gzip" => GzipOfOneGigabyte(),
            "snappy" => SnappyOf100Megabytes(),
            _ => OneGigabyte(encoding),
        };
        GatewayProcess gateway = await StartGatewayAsync();

        // Each is unpacked up to the limit, in pieces that the next one gets.
        await AttackAsync(gateway, Base + (BombsAtATime * 2 * MaxBody), async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                HttpStatusCode[] statuses = await Task.WhenAll(
                    Enumerable.Range(0, BombsAtATime).Select(_ => PutAsync(gateway, bomb, encoding: encoding)));
                Assert.All(statuses, status => Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status));
            }
        });

        Assert.Single(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task Push_ChunksWithoutEnd_AreCutOffAtTheLimit()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] chunk = [.. "100000\r\n"u8, .. new byte[1 << 20], .. "\r\n"u8];
        chunk.AsSpan(8, 1 << 20).Fill((byte)'\n');
        long sent = 0;

        await AttackAsync(gateway, Base + (2 * MaxBody), async () =>
        {
            using RawClient client = await RawClient.ConnectAsync(gateway.Port);
            await client.SendAsync("PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (sent < 4 * MaxBody && await client.TrySendAsync(chunk))
            {
                sent += chunk.Length;
            }

            // What comes behind the answer is read for some seconds more, and dropped, so that the answer is not lost.
            Assert.StartsWith("HTTP/1.1 413 ", await client.ReadStartAsync(), StringComparison.Ordinal);
        });

        Assert.InRange(sent, MaxBody, long.MaxValue);
        Assert.Single(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task Push_AMillionTinyLabels_AreRefusedOrTaken()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] inOneSeries = Text(body => body.Append("x{").AppendJoin(
            ',', Enumerable.Range(0, 1_000_000).Select(i => $"l{i}=\"\"")).Append("} 1\n"));
        byte[] inManySeries = Text(body => body.AppendJoin("", Enumerable.Range(0, 10_000).Select(i =>
            $"x{{{string.Join(',', Enumerable.Range(0, 100).Select(l => $"l{l}=\"{(l == 0 ? i : 1)}\""))}}} 1\n")));

        // While a push is read, each label is 32 bytes beside its text, in an array that doubles, and its name is in a table.
        await AttackAsync(gateway, Base + 600_000_000, async () =>
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(gateway, inOneSeries));
            Assert.Equal(HttpStatusCode.OK, await PutAsync(gateway, inManySeries));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(gateway, inOneSeries));
        });
    }

    [Fact]
    public async Task Push_100000MetricNames_AreTakenAndCanBeDeleted()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] body = Text(text => text.AppendJoin("", Enumerable.Range(0, 100_000).Select(i => $"attack_metric_{i} {i}\n")));

        // A name of its own costs some 500 bytes, in the index and for what scrapes of all names share.
        await AttackAsync(gateway, Base + 300_000_000, async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await PutAsync(gateway, body));
            }
            Assert.Contains("\nattack_metric_99999{instance=\"\",job=\"attack\"} 99999\n", await gateway.ScrapeAsync());
            using HttpResponseMessage deleted = await gateway.Client.DeleteAsync(
                "/metrics/job/attack", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        });

        Assert.DoesNotContain("attack_metric", await gateway.ScrapeAsync());
    }

    /// <summary>
    /// Each push replaces the help texts of the previous one, which differ from those of another group. It is accepted, and a
    /// restart applies it again. A time proportional to the square of the families would be minutes.
    /// </summary>
    [Fact]
    public async Task Push_60000HelpTextsThatChange_HoldNobodyUp()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        string file = $"--persistence.file={Path.Combine(folder.FullName, "store")}";
        try
        {
            GatewayProcess gateway = await StartGatewayAsync(file);
            await AttackAsync(gateway, 6 * MaxBody, async () =>
            {
                foreach ((string job, string help) in ((string, string)[])[("a", "one"), ("b", "two"), ("b", "three")])
                {
                    using var body = new StringContent(string.Concat(
                        Enumerable.Range(0, 60_000).Select(i => $"# HELP f{i} {help}\nf{i} 1\n")));
                    using HttpResponseMessage answer = await gateway.Client.PutAsync(
                        $"/metrics/job/{job}", body, TestContext.Current.CancellationToken);
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                }
            });
            Assert.InRange(gateway.Log.Length, 1, 10_000);
            gateway.Send(UnixSignal.Kill);
            await gateway.WaitForExitAsync();

            GatewayProcess restarted = await StartGatewayAsync(file);
            Assert.Contains("\nf59999{instance=\"\",job=\"b\"} 1\n", await restarted.ScrapeAsync());
        }
        finally
        {
            await DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("80 80 80 80 80 80 80 80 40")] // a message of 2^62 bytes
    [InlineData("0B 0A 80 80 80 80 80 80 80 80 40 61")] // a name of 2^62 bytes
    [InlineData("0B 22 80 80 80 80 80 80 80 80 40 61")] // a metric of 2^62 bytes
    [InlineData("FF FF FF FF FF FF FF FF FF 01 61")] // a message of 2^64 - 1 bytes
    public async Task Push_ProtobufThatClaimsTooMuch_IsABadRequest(string hex)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] body = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        await AttackAsync(gateway, Base, async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(gateway, body, DelimitedProtobuf));
            }
        });
    }

    /// <summary>Empty metrics of two bytes each, which are objects once they are read.</summary>
    [Fact]
    public async Task Push_MillionsOfEmptyProtobufMetrics_AreRefused()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        byte[] metrics = new byte[8_000_000];
        for (int i = 0; i < metrics.Length; i += 2)
        {
            metrics[i] = 0x22;
        }
        byte[] message = [0x0A, 1, (byte)'x', .. metrics];
        byte[] body = [.. SnappyFrame.Varint((uint)message.Length), .. message];

        // 4,000,000 metrics of 64 bytes, in a list that doubles.
        await AttackAsync(gateway, Base + 900_000_000, async () =>
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(gateway, body, DelimitedProtobuf)));
    }

    [Theory]
    [InlineData(250, HttpStatusCode.OK)]
    [InlineData(300, HttpStatusCode.UnprocessableEntity)]
    [InlineData(10_000, HttpStatusCode.UnprocessableEntity)]
    public async Task Push_ManyLabelsInTheUrl_AreTakenUpToTheLimit(int count, HttpStatusCode status)
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string path = "/metrics/job/a" + string.Concat(Enumerable.Range(0, count).Select(i => $"/l{i}/{i}"));

        await AttackAsync(gateway, Base + 50_000_000, async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(status, await PutAsync(gateway, "x 1\n"u8.ToArray(), path: path));
            }
        });
    }

    private static byte[] Text(Action<StringBuilder> write)
    {
        var text = new StringBuilder();
        write(text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static async Task<HttpStatusCode> PutAsync(
        GatewayProcess gateway,
        byte[] bytes,
        MediaTypeHeaderValue? type = null,
        string? encoding = null,
        string path = "/metrics/job/attack")
    {
        using var body = new ByteArrayContent(bytes);
        body.Headers.ContentType = type;
        if (encoding is not null)
        {
            body.Headers.ContentEncoding.Add(encoding);
        }
        using HttpResponseMessage answer = await gateway.Client.PutAsync(path, body, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>A member of 16 MB, 64 times.</summary>
    private static byte[] GzipOfOneGigabyte()
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Optimal))
        {
            gzip.Write(new byte[1 << 24]);
        }
        byte[] bomb = [.. Enumerable.Repeat(member.ToArray(), 64).SelectMany(bytes => bytes)];
        Assert.InRange(bomb.Length, 1, 2_000_000);
        return bomb;
    }

    private static byte[] OneGigabyte(string encoding)
    {
        using var output = new MemoryStream();
        using (Stream compressed = encoding == "zstd"
            ? new ZstdSharp.CompressionStream(output, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < 1024; i++)
            {
                compressed.Write(piece);
            }
        }
        return output.ToArray();
    }

    private static byte[] SnappyOf100Megabytes()
    {
        byte[] frame = SnappyFrame.CompressedRun((byte)'\n', 1 << 16);
        byte[] bomb = [.. SnappyFrame.Identifier, .. Enumerable.Repeat(frame, 1_600).SelectMany(bytes => bytes)];
        Assert.InRange(bomb.Length, 1, 10_000_000);
        return bomb;
    }

    /// <summary>The reason repeats the label, so that it is as large as the body and does not fit into the output buffer.</summary>
    [Fact]
    public async Task Push_RefusedClientsThatDoNotReadWhy_HoldNobodyUp()
    {
        GatewayProcess gateway = await StartGatewayAsync();
        string bad = $"x{{l=\"{new string('v', 8 << 20)}\n";
        var clients = new List<RawClient>();
        for (int i = 0; i <= Environment.ProcessorCount; i++)
        {
            RawClient client = await RawClient.ConnectAsync(gateway.Port);
            clients.Add(client);
            await client.SendAsync($"PUT /metrics/job/bad HTTP/1.1\r\nHost: x\r\nContent-Length: {bad.Length}\r\n\r\n{bad}");
        }
        using var good = new StringContent(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"x{{l=\"{i}\"}} 1\n")));

        // They are given up after half a minute.
        using CancellationTokenSource deadline = Deadline.Of(TimeSpan.FromSeconds(25));

        using HttpResponseMessage answer = await gateway.Client.PutAsync("/metrics/job/good", good, deadline.Token);

        Assert.Equal(200, (int)answer.StatusCode);
        clients.ForEach(client => client.Reset());
    }
}
