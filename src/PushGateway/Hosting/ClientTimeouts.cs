namespace PushGateway.Hosting;

/// <summary>How long the server waits for clients: for those that are slow on a bad line, but not for those that are gone.</summary>
internal sealed record ClientTimeouts
{
    public static readonly ClientTimeouts Default = new();

    /// <summary>From the first byte of a request to the end of its headers.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>In each such time, as much of a body has to come in as <see cref="MinBodyBytesPerSecond"/> says.</summary>
    public TimeSpan BodyWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Jobs that print their metrics as they go are slow on purpose.</summary>
    public double MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>
    /// How fast an answer has to be read: as over an ISDN line, where 15 MB take half an hour. One that is not read at all is
    /// given up after the time that this gives what is written ahead, 1 MiB: two minutes, and <see cref="WriteGracePeriod"/>.
    /// </summary>
    public double MinReaderBytesPerSecond { get; init; } = 8 * 1024;

    public TimeSpan WriteGracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    public long MinBodyBytes => (long)(MinBodyBytesPerSecond * BodyWindow.TotalSeconds);
}
