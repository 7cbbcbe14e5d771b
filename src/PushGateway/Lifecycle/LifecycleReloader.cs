using System.Diagnostics.CodeAnalysis;
using PushGateway.ConfigFiles;
using PushGateway.Logging;

namespace PushGateway.Lifecycle;

/// <summary>Keeps the active rules equal to those of the lifecycle file.</summary>
internal sealed class LifecycleReloader : IReloadable
{
    private readonly ReloadingFile<LifecycleDocument> _file;

    private LifecycleReloader(string path, Action<LifecycleDocument> apply, ILogger logger)
    {
        _file = new ReloadingFile<LifecycleDocument>(path, LifecycleDocument.TryParse, (document, _) =>
        {
            apply(document);
            return null;
        })
        {
            OnReloaded = () => logger.LifecycleReloaded(path),
            OnInvalid = logger.LifecycleInvalid,
        };
    }

    /// <param name="apply">Activates the rules of a document.</param>
    public static bool TryLoad(
        string path,
        Action<LifecycleDocument> apply,
        ILogger logger,
        [NotNullWhen(true)] out LifecycleReloader? reloader,
        [NotNullWhen(false)] out string? error)
    {
        reloader = new LifecycleReloader(path, apply, logger);
        if (!reloader._file.TryLoad(out error))
        {
            reloader = null;
        }
        return reloader is not null;
    }

    public void Poll() => _file.Poll();

    public void Reload() => _file.Reload();
}
