using System.Diagnostics.CodeAnalysis;
using PushGateway.Logging;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>
/// The web config that is in force. <c>ConfigFileWatcher</c> has it look whether the files have changed; requests and
/// handshakes only read a field. Connections stay: what is new counts from the next handshake, or the next request, on.
/// </summary>
internal sealed class WebConfigReloader
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _looking = new();
    private volatile ActiveWebConfig _current;

    /// <summary>What the last look has seen.</summary>
    private WebConfigFiles _lastRead;

    /// <summary>What was last put in force, or refused.</summary>
    private WebConfigFiles _lastApplied;

    private WebConfigReloader(string path, WebConfigFiles files, ActiveWebConfig config, TimeProvider time, ILogger logger)
    {
        _path = path;
        _lastRead = _lastApplied = files;
        _current = config;
        _time = time;
        _logger = logger;
    }

    public ActiveWebConfig Current => _current;

    public static bool TryLoad(
        string path,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out WebConfigReloader? live,
        [NotNullWhen(false)] out string? error)
    {
        var files = WebConfigFiles.Read(path, last: null);
        live = ActiveWebConfig.TryCreate(files, before: null, time, out ActiveWebConfig? config, out error)
            && (config.Tls is not { Curves: { Count: > 0 } curves } || OpenSslCurves.TrySet(curves, out error))
            ? new WebConfigReloader(path, files, config, time, logger)
            : null;
        return live is not null;
    }

    /// <summary>
    /// Reads the files; puts them in force if they have changed, and two looks have seen the same: one alone may see a
    /// file that is half written, and an empty one lets everybody in.
    /// </summary>
    internal void Poll()
    {
        lock (_looking)
        {
            var files = WebConfigFiles.Read(_path, _lastRead);
            bool hasSettled = files.IsSameAs(_lastRead);
            _lastRead = files;
            if (hasSettled && !files.IsSameAs(_lastApplied))
            {
                Apply(files);
            }
        }
    }

    /// <summary>
    /// Reads the files, and puts them in force or says what is wrong with them, whether they have changed or not. For whoever
    /// knows that they are whole.
    /// </summary>
    public void Reload()
    {
        lock (_looking)
        {
            _lastRead = WebConfigFiles.Read(_path, last: null);
            Apply(_lastRead);
        }
    }

    private void Apply(WebConfigFiles files)
    {
        _lastApplied = files;
        if (!ActiveWebConfig.TryCreate(files, _current, _time, out ActiveWebConfig? config, out string? error))
        {
            _logger.WebConfigNotReloaded(error);
        }
        else if (config.Tls is null != _current.Tls is null)
        {
            _logger.WebConfigNotReloaded($"{_path}: TLS cannot be turned on or off without a restart");
        }
        else if (!HasCurvesOf(config, _current))
        {
            _logger.WebConfigNotReloaded($"{_path}: curve_preferences cannot be changed without a restart");
        }
        else
        {
            _current = config;
            _logger.WebConfigReloaded(_path);
        }
    }

    private static bool HasCurvesOf(ActiveWebConfig one, ActiveWebConfig other) =>
        (one.Tls?.Curves ?? []).SequenceEqual(other.Tls?.Curves ?? []);
}
