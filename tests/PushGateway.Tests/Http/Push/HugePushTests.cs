using System.Buffers;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Store;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>Pushes that are larger than a record of the journal can be.</summary>
public sealed class HugePushTests : IDisposable
{
    private const string Refused =
        "request body too large: the journal keeps pushes of up to 1073741824 bytes\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string PersistenceFile => $"--persistence.file={Path.Combine(_folder.FullName, "store")}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Push_LengthIsTooLarge_IsRefusedBeforeTheBodyIsSent()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(PersistenceFile);

        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync("PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741825\r\n\r\n");
        RawAnswer answer = (await connection.ReadAnswerAsync())!;

        Assert.Equal((413, Refused), (answer.Status, answer.Body));
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    /// <summary>As a body that comes in chunks, or grows when it is unpacked.</summary>
    [Fact]
    public async Task Push_BodyTurnsOutTooLarge_IsRefusedBeforeTheStoreChanges()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(PersistenceFile);
        using var body = new ClaimedMemory(EncodedRecord.MaxPayloadBytes);

        HttpContext context = await PushAsync(gateway, body.Memory);

        Assert.Equal(413, context.Response.StatusCode);
        Assert.Equal(Refused.Length, context.Response.ContentLength);
        Assert.Equal(0, gateway.Snapshot.GroupCount);
        Assert.Equal(0, gateway.Persistence.JournalRecords);
    }

    [Fact]
    public async Task Push_WithoutAJournal_HasNoSuchLimit()
    {
        await using RunningGateway gateway =
            await RunningGateway.StartAsync(PersistenceFile, "--no-persistence.journal");
        using var body = new ClaimedMemory(EncodedRecord.MaxPayloadBytes);

        HttpContext context = await PushAsync(gateway, body.Memory);

        Assert.Equal(200, context.Response.StatusCode);
        Assert.Equal(1, gateway.Snapshot.GroupCount);
    }

    private static async Task<HttpContext> PushAsync(RunningGateway gateway, ReadOnlyMemory<byte> body)
    {
        var key = new GroupingKey([new Label(new Utf8String("job"), new Utf8String("a"))]);
        var context = new DefaultHttpContext();
        var push = new PushCommand(key, PushMode.Replace, PushCheck.Checked, [], At: 1);
        await gateway.Changes.PushAsync(context, push, BodyFormat.LegacyText, body);
        return context;
    }

    /// <summary>Memory that is only as large as it says: nobody is to look.</summary>
    private sealed class ClaimedMemory(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("looked at");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("looked at");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
