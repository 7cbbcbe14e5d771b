using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.Logging;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>
/// The active web config. Requests and handshakes read one field. Connections survive a reload: it counts from the next
/// handshake, or the next request.
/// </summary>
internal sealed class WebConfigReloader
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ReloadingFile<WebConfigDocument> _file;
    private volatile ActiveWebConfig? _current;

    private WebConfigReloader(string path, TimeProvider time, ILogger logger)
    {
        _path = path;
        _time = time;
        _file = new ReloadingFile<WebConfigDocument>(path, WebConfigDocument.TryParse, Apply)
        {
            FilesOf = document => document.Files,
            OnReloaded = () => logger.WebConfigReloaded(path),
            OnInvalid = logger.WebConfigInvalid,
        };
    }

    public ActiveWebConfig Current => _current!;

    public static bool TryLoad(
        string path,
        TimeProvider time,
        ILogger logger,
        [NotNullWhen(true)] out WebConfigReloader? reloader,
        [NotNullWhen(false)] out string? error)
    {
        reloader = new WebConfigReloader(path, time, logger);
        if (!reloader._file.TryLoad(out error))
        {
            reloader = null;
        }
        return reloader is not null;
    }

    /// <inheritdoc cref="ReloadingFile{T}.Poll"/>
    public void Poll() => _file.Poll();

    /// <inheritdoc cref="ReloadingFile{T}.Reload"/>
    public void Reload() => _file.Reload();

    private string? Apply(WebConfigDocument document, IReadOnlyDictionary<string, string> files)
    {
        if (!ActiveWebConfig.TryCreate(document, files, _current, _time, out ActiveWebConfig? config, out string? error)
            || !(_current is { } current ? IsReloadable(config, current, out error) : TrySetCurves(config, out error)))
        {
            return error;
        }
        _current = config;
        return null;
    }

    private static bool TrySetCurves(ActiveWebConfig config, [NotNullWhen(false)] out string? error)
    {
        error = null;
        return config.Tls is not { Curves: { Count: > 0 } curves } || OpenSslCurves.TrySet(curves, out error);
    }

    private bool IsReloadable(ActiveWebConfig config, ActiveWebConfig current, [NotNullWhen(false)] out string? error)
    {
        error = config.Tls is null != current.Tls is null
            ? $"{_path}: TLS cannot be turned on or off without a restart"
            : !(config.Tls?.Curves ?? []).SequenceEqual(current.Tls?.Curves ?? [])
                ? $"{_path}: curve_preferences cannot be changed without a restart"
                : null;
        return error is null;
    }
}
