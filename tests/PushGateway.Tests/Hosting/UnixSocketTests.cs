using System.Net.Sockets;
using PushGateway.CommandLine;
using PushGateway.Hosting;
using Xunit;

namespace PushGateway.Tests.Hosting;

public sealed class UnixSocketTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pushgateway-test-");

    private string PathOfSocket => Path.Combine(_folder.FullName, "socket");

    private UnixDomainSocketEndPoint Address => new(PathOfSocket);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("unix:///run/pushgateway.sock", "/run/pushgateway.sock")]
    [InlineData("unix:///a:b", "/a:b")]
    [InlineData("unix:///ä", "/ä")]
    public void TryParse_AbsolutePath_IsTheAddress(string text, string path)
    {
        Assert.True(UnixSocket.TryParse(text, out UnixDomainSocketEndPoint? address, out _));
        Assert.Equal(path, address.ToString());
    }

    [Theory]
    [InlineData("unix://", "the path must be absolute, as in unix:///run/pushgateway.sock")]
    [InlineData("unix://run/pushgateway.sock", "the path must be absolute, as in unix:///run/pushgateway.sock")]
    [InlineData("unix://@name", "the path must be absolute, as in unix:///run/pushgateway.sock")]
    public void TryParse_OtherPath_SaysWhy(string text, string reason)
    {
        Assert.False(UnixSocket.TryParse(text, out _, out string? error));
        Assert.Equal($"listen unix: address {text}: {reason}", error);
    }

    [Theory]
    [InlineData(107, true)]
    [InlineData(108, false)]
    public void TryParse_LongPath_FitsUpTo107Bytes(int bytes, bool fits)
    {
        string text = $"unix:///{new string('a', bytes - 1)}";

        Assert.Equal(fits, UnixSocket.TryParse(text, out _, out string? error));
        Assert.Equal(fits ? null : $"listen unix: address {text}: the path is longer than 107 bytes", error);
    }

    [Fact]
    public async Task MakeRoomAsync_NothingIsThere_DoesNothing() => await UnixSocket.RemoveStaleAsync(Address);

    [Fact]
    public async Task MakeRoomAsync_NobodyListens_RemovesTheFile()
    {
        LeaveSocketBehind();

        await UnixSocket.RemoveStaleAsync(Address);

        Assert.False(Path.Exists(PathOfSocket));
    }

    [Fact]
    public async Task MakeRoomAsync_SomebodyListens_FailsAndLeavesIt()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(Address);
        listener.Listen();

        StartException exception = await Assert.ThrowsAsync<StartException>(() => UnixSocket.RemoveStaleAsync(Address));

        Assert.Equal($"listen unix {PathOfSocket}: address already in use", exception.Message);
        Assert.True(Path.Exists(PathOfSocket));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("link to a socket")]
    public async Task MakeRoomAsync_SomethingElseIsThere_FailsAndLeavesIt(string what)
    {
        switch (what)
        {
            case "file":
                await File.WriteAllTextAsync(PathOfSocket, "precious", TestContext.Current.CancellationToken);
                break;
            case "folder":
                Directory.CreateDirectory(PathOfSocket);
                break;
            default:
                LeaveSocketBehind();
                File.Move(PathOfSocket, PathOfSocket + ".other");
                File.CreateSymbolicLink(PathOfSocket, PathOfSocket + ".other");
                break;
        }

        StartException exception = await Assert.ThrowsAsync<StartException>(() => UnixSocket.RemoveStaleAsync(Address));

        Assert.Equal($"listen unix {PathOfSocket}: there is a file that is not a socket", exception.Message);
        Assert.True(Path.Exists(PathOfSocket));
    }

    /// <summary>As a server does that is killed: by another name, for the framework removes what it has bound.</summary>
    private void LeaveSocketBehind()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(PathOfSocket + ".bound"));
        File.Move(PathOfSocket + ".bound", PathOfSocket);
    }
}
