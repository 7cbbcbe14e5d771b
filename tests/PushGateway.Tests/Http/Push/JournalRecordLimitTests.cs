using System.Buffers;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Journal;
using PushGateway.Core.Store;
using PushGateway.Durability;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

/// <summary>Pushes that exceed the maximum size of a journal record.</summary>
public sealed class JournalRecordLimitTests : IDisposable
{
    private const string Rejected = "the body has more than 1072693248 bytes (--push.max-body-size)\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string PersistenceFile => $"--persistence.file={Path.Combine(_folder.FullName, "store")}";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Push_LengthIsTooLarge_IsRejectedBeforeTheBodyIsSent()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(PersistenceFile, "--push.max-body-size=2GiB");

        using RawConnection connection = await gateway.ConnectAsync();
        await connection.SendAsync("PUT /metrics/job/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741825\r\n\r\n");
        RawAnswer answer = (await connection.ReadAnswerAsync())!;

        Assert.Equal((413, Rejected), (answer.Status, answer.Body));
        Assert.Equal(0, gateway.Snapshot.GroupCount);
    }

    [Fact]
    public async Task Push_WithoutAJournal_HasNoSuchLimit()
    {
        await using RunningGateway gateway =
            await RunningGateway.StartAsync(PersistenceFile, "--no-persistence.journal");
        using var body = new ClaimedMemory(EncodedRecord.MaxPayloadBytes);

        var key = new GroupingKey([new Label(new Utf8String("job"), new Utf8String("a"))]);
        var push = new PushCommand(key, PushMode.Replace, PushCheck.Checked, [], At: 1)
        {
            Body = new PushBody(BodyFormat.LegacyText, body.Memory),
        };

        Assert.IsType<Outcome.Accepted>(await gateway.Durable.ApplyAsync(push));
        Assert.Equal(1, gateway.Snapshot.GroupCount);
    }

    /// <summary>Memory that claims a length and throws when it is read.</summary>
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
