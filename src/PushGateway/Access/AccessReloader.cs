using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.Logging;
using PushGateway.WebConfig;

namespace PushGateway.Access;

/// <summary>
/// The active access rules. A request reads them once and uses them until it ends. A new web config applies the access file
/// again, since it may have the users whose absence made the file invalid.
/// </summary>
internal sealed class AccessReloader : IReloadable
{
    private readonly string _path;
    private readonly WebConfigReloader? _webConfig;
    private readonly ReloadingFile<AccessDocument> _file;
    private volatile AccessRules? _current;

    private AccessReloader(string path, WebConfigReloader? webConfig, ILogger logger)
    {
        _path = path;
        _webConfig = webConfig;
        _file = new ReloadingFile<AccessDocument>(path, AccessDocument.TryParse, Apply)
        {
            Dependency = () => webConfig?.Current,
            OnReloaded = () => logger.AccessReloaded(path),
            OnInvalid = logger.AccessInvalid,
        };
    }

    public AccessRules Current => _current!;

    /// <param name="webConfig">The users and certificates that the file can name; null without a web config file.</param>
    public static bool TryLoad(
        string path,
        WebConfigReloader? webConfig,
        ILogger logger,
        [NotNullWhen(true)] out AccessReloader? reloader,
        [NotNullWhen(false)] out string? error)
    {
        reloader = new AccessReloader(path, webConfig, logger);
        if (!reloader._file.TryLoad(out error))
        {
            reloader = null;
        }
        return reloader is not null;
    }

    public void Poll() => _file.Poll();

    public void Reload() => _file.Reload();

    private string? Apply(AccessDocument document, IReadOnlyDictionary<string, string> files)
    {
        if (AccessRules.TryCreate(document, _path, _webConfig?.Current, out AccessRules? rules, out string? error))
        {
            _current = rules;
        }
        return error;
    }
}
