using System.Diagnostics.CodeAnalysis;

namespace PushGateway.ConfigFiles;

/// <summary>
/// A config file that is applied again when it changes. <see cref="ConfigFileWatcher"/> polls it. Invalid content is reported
/// once, and the previous content stays active.
/// </summary>
/// <param name="apply">Applies a document with the files that it names. Returns an error, or null.</param>
internal sealed class ReloadingFile<T>(
    string path, ConfigParser<T> parse, Func<T, IReadOnlyDictionary<string, string>, string?> apply)
    where T : class
{
    private readonly Lock _lock = new();
    private ConfigFile<T>? _lastRead;

    /// <summary>The content that was last applied or rejected.</summary>
    private ConfigFile<T>? _lastApplied;
    private object? _lastDependency;

    /// <summary>The files that a document names. A change of one of them counts as a change of the config file.</summary>
    public Func<T, IEnumerable<string>>? FilesOf { get; init; }

    /// <summary>The object that <c>apply</c> checks the document against. The document is applied again when the object changes.</summary>
    public Func<object?>? Dependency { get; init; }

    /// <summary>Called after changed content was applied.</summary>
    public required Action OnReloaded { get; init; }

    /// <summary>Called with the reason after content was rejected.</summary>
    public required Action<string> OnInvalid { get; init; }

    /// <summary>Reads and applies the file for the first time.</summary>
    public bool TryLoad([NotNullWhen(false)] out string? error)
    {
        lock (_lock)
        {
            error = Apply(Read(null));
            return error is null;
        }
    }

    /// <summary>
    /// Reads the file, and applies it if it has changed and nobody wrote it between two polls, since a single poll may read a
    /// half-written file.
    /// </summary>
    public void Poll()
    {
        lock (_lock)
        {
            ConfigFile<T>? before = _lastRead;
            ConfigFile<T> file = Read(before);
            bool hasSettled = before is not null && file.IsSameAs(before);
            bool hasChanged = _lastApplied is null || !file.HasContentOf(_lastApplied);
            if (hasSettled && (hasChanged || !ReferenceEquals(Dependency?.Invoke(), _lastDependency)))
            {
                Report(Apply(file), hasChanged);
            }
        }
    }

    /// <summary>
    /// Reads and applies the file at once, changed or not. If somebody is writing it, a later <see cref="Poll"/> applies it.
    /// </summary>
    public void Reload()
    {
        lock (_lock)
        {
            ConfigFile<T> before = Read(_lastRead);
            ConfigFile<T> file = Read(before);
            if (!file.IsSameAs(before))
            {
                _lastApplied = null;
                return;
            }
            string? error = Apply(file);
            Report(
                error is null && file.IsRegular == false ? $"{path}: not a regular file: a change needs a restart" : error,
                hasChanged: true);
        }
    }

    private ConfigFile<T> Read(ConfigFile<T>? last) => _lastRead = ConfigFile<T>.Read(path, parse, FilesOf, last);

    private string? Apply(ConfigFile<T> file)
    {
        _lastApplied = file;
        _lastDependency = Dependency?.Invoke();
        return file.Document is { } document ? apply(document, file.NamedFiles) : file.Error;
    }

    private void Report(string? error, bool hasChanged)
    {
        if (error is not null)
        {
            OnInvalid(error);
        }
        else if (hasChanged)
        {
            OnReloaded();
        }
    }
}
