namespace PushGateway.Http;

/// <summary>
/// How long the server waits for clients: long enough for slow networks, but not for clients that have disappeared.
/// </summary>
internal sealed record ClientTimeouts
{
    public static readonly ClientTimeouts Default = new();

    /// <summary>From the first byte of a request to the end of its headers.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The window over which a body must arrive at <see cref="MinBodyBytesPerSecond"/>.</summary>
    public TimeSpan BodyWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Low, since jobs that produce their metrics during the push are slow by design.</summary>
    public double MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>A body of this size occupies memory, and must continue to arrive at <see cref="MinLargeBodyBytesPerSecond"/>.</summary>
    public int LargeBodyBytes { get; init; } = 1 << 20;

    /// <summary>The rate of an ISDN line. A whole body must arrive at this rate on average, after <see cref="BodyGrace"/>.</summary>
    public double MinLargeBodyBytesPerSecond { get; init; } = 8 * 1024;

    /// <summary>For jobs that produce a small body slowly.</summary>
    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Minimum rate at which a client must read a response: that of an ISDN line, where 15 MB take half an hour. A client that
    /// reads nothing is disconnected after two minutes, in which 1 MiB of buffer would drain, plus <see cref="WriteGracePeriod"/>.
    /// </summary>
    public double MinReaderBytesPerSecond { get; init; } = 8 * 1024;

    public TimeSpan WriteGracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    public long MinBodyBytes => (long)(MinBodyBytesPerSecond * BodyWindow.TotalSeconds);

    /// <summary>The minimum bytes of a window, given the bytes before it.</summary>
    public long MinBodyBytesAfter(int length) =>
        length < LargeBodyBytes ? MinBodyBytes : (long)(MinLargeBodyBytesPerSecond * BodyWindow.TotalSeconds);

    /// <summary>How long a client may take to read a number of bytes.</summary>
    public TimeSpan ResponseDeadline(long bytes) =>
        WriteGracePeriod + TimeSpan.FromSeconds(Math.Max(bytes, 0) / MinReaderBytesPerSecond);

    /// <summary>How long a body may take to arrive, given the bytes so far.</summary>
    public TimeSpan BodyDeadline(int length) => BodyGrace + TimeSpan.FromSeconds(length / MinLargeBodyBytesPerSecond);
}
