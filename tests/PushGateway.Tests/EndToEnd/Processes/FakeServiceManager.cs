using System.Net.Sockets;
using System.Text;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>Receives service notifications, like systemd.</summary>
internal sealed class FakeServiceManager : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-notify-");

    private FakeServiceManager(Func<DirectoryInfo, string> address)
    {
        Address = address(_folder);
        _socket.Bind(new UnixDomainSocketEndPoint(Address.StartsWith('@') ? $"\0{Address[1..]}" : Address));
    }

    /// <summary>The value for NOTIFY_SOCKET.</summary>
    public string Address { get; }

    public static FakeServiceManager OnAPath() => new(folder => Path.Combine(folder.FullName, "notify"));

    public static FakeServiceManager OnAnAbstractSocket() => new(folder => $"@{folder.Name}");

    /// <summary>The lines of the next message.</summary>
    public async Task<string[]> HearAsync()
    {
        using CancellationTokenSource deadline = Deadline.Of(Deadline.Start);
        try
        {
            return await ReceiveAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            Assert.Fail("the service manager hears nothing");
            throw;
        }
    }

    /// <summary>The first message that contains a line.</summary>
    public Task<string[]> HearUntilAsync(string line) => HearUntilAsync(lines => lines.Contains(line));

    /// <summary>The first message that satisfies a condition.</summary>
    public async Task<string[]> HearUntilAsync(Func<string[], bool> isSo)
    {
        string[] lines = [];
        await Deadline.UntilAsync(
            Deadline.Start,
            "the service manager hears it",
            async cancellation => isSo(lines = await ReceiveAsync(cancellation)),
            () => string.Join('\n', lines));
        return lines;
    }

    /// <summary>Whether no message arrives for a while. Ignores earlier messages.</summary>
    public async Task<bool> HearsNothingForAsync(TimeSpan time, int passedOver)
    {
        try
        {
            for (int i = 0; i <= passedOver; i++)
            {
                using CancellationTokenSource deadline = Deadline.Of(time);
                await ReceiveAsync(deadline.Token);
            }
            return false;
        }
        catch (OperationCanceledException)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            return true;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string[]> ReceiveAsync(CancellationToken cancellation)
    {
        byte[] buffer = new byte[4096];
        int count = await _socket.ReceiveAsync(buffer, cancellation);
        return Encoding.UTF8.GetString(buffer, 0, count).Split('\n');
    }
}
