using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.Logging;
using PushGateway.WebConfig.Tls;

namespace PushGateway.WebConfig;

/// <summary>
/// The active web config. Requests and handshakes read one field. Connections survive a reload, which affects the next handshake
/// and the next request. If it changes which clients have access, connections are closed when they are idle.
/// </summary>
internal sealed class WebConfigReloader : IReloadable
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

    public void Poll() => _file.Poll();

    public void Reload() => _file.Reload();

    private string? Apply(WebConfigDocument document, IReadOnlyDictionary<string, string> files)
    {
        if (!ActiveWebConfig.TryCreate(document, files, _current, _time, out ActiveWebConfig? config, out string? error)
            || !(_current is { } current
                ? IsReloadable(document, config, current, out error)
                : TrySetCurves(config, out error)))
        {
            return error;
        }
        TlsConnections? outdated = _current?.Tls is { } before ? config.Tls?.TakeOver(before) : null;
        _current = config;
        outdated?.Close();
        return null;
    }

    private static bool TrySetCurves(ActiveWebConfig config, [NotNullWhen(false)] out string? error)
    {
        error = null;
        return config.Tls is not { Curves: { Count: > 0 } curves } || OpenSslCurves.TrySet(curves, out error);
    }

    /// <summary>Rejects a change that a half-written file could cause, since a missing end must not grant access.</summary>
    private bool IsReloadable(
        WebConfigDocument document,
        ActiveWebConfig config,
        ActiveWebConfig current,
        [NotNullWhen(false)] out string? error)
    {
        string? obstacle =
            document.IsEmpty ? "the file is empty, which needs a restart"
            : config.Tls is null != current.Tls is null ? "TLS cannot be turned on or off without a restart"
            : !(config.Tls?.Curves ?? []).SequenceEqual(current.Tls?.Curves ?? [])
                ? "curve_preferences cannot be changed without a restart"
            : config.Users is null && current.Users is not null
                ? "basic_auth_users cannot be removed without a restart"
            : current.Tls is { } before && config.Tls!.DropsClientChecksOf(before)
                ? "client_auth_type, client_ca and client_allowed_sans cannot be removed without a restart"
            : null;
        error = obstacle is null ? null : $"{_path}: {obstacle}";
        return error is null;
    }
}
