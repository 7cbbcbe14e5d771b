using System.Diagnostics.CodeAnalysis;
using System.Text;
using PushGateway.Logging;
using PushGateway.WebConfig;

namespace PushGateway.Access;

/// <summary>
/// The access rules that are in force. <c>ConfigFileWatcher</c> has it look whether the file has changed; requests only
/// read a field, and are held to what they have read until they end.
/// </summary>
internal sealed class AccessReloader
{
    private readonly string _path;
    private readonly WebConfigReloader? _webConfig;
    private readonly ILogger _logger;
    private volatile AccessRules _current;

    /// <summary>What the last look has seen.</summary>
    private AccessFile _lastRead;

    /// <summary>What was last put in force, or refused, and beside which web config.</summary>
    private AccessFile _lastApplied;
    private ActiveWebConfig? _lastAppliedWith;

    private AccessReloader(string path, AccessFile file, AccessRules rules, WebConfigReloader? webConfig, ILogger logger)
    {
        _path = path;
        _lastRead = _lastApplied = file;
        _lastAppliedWith = webConfig?.Current;
        _current = rules;
        _webConfig = webConfig;
        _logger = logger;
    }

    public AccessRules Current => _current;

    /// <param name="webConfig">Has the users and certificates that the file names; null if there is none.</param>
    public static bool TryLoad(
        string path,
        WebConfigReloader? webConfig,
        ILogger logger,
        [NotNullWhen(true)] out AccessReloader? live,
        [NotNullWhen(false)] out string? error)
    {
        var file = AccessFile.Read(path, last: null);
        live = TryCreate(file, path, webConfig?.Current, out AccessRules? rules, out error)
            ? new AccessReloader(path, file, rules, webConfig, logger)
            : null;
        return live is not null;
    }

    /// <summary>
    /// Reads the file; puts it in force if it has changed, and two looks have seen the same: one alone may see a file that
    /// is half written. A new web config may be what a file has waited for that named somebody who was not there.
    /// </summary>
    internal void Poll()
    {
        var file = AccessFile.Read(_path, _lastRead);
        ActiveWebConfig? web = _webConfig?.Current;
        bool hasSettled = file.IsSameAs(_lastRead);
        bool isKnown = file.IsSameAs(_lastApplied);
        _lastRead = file;
        if (!hasSettled || (isKnown && ReferenceEquals(web, _lastAppliedWith)))
        {
            return;
        }
        (_lastApplied, _lastAppliedWith) = (file, web);
        if (!TryCreate(file, _path, web, out AccessRules? rules, out string? error))
        {
            _logger.AccessNotReloaded(error);
            return;
        }
        _current = rules;
        if (!isKnown)
        {
            _logger.AccessReloaded(_path);
        }
    }

    private static bool TryCreate(
        AccessFile file,
        string path,
        ActiveWebConfig? web,
        [NotNullWhen(true)] out AccessRules? rules,
        [NotNullWhen(false)] out string? error)
    {
        rules = null;
        error = file.Error;
        return file.Document is { } document && AccessRules.TryCreate(document, path, web, out rules, out error);
    }
}

/// <summary>What the access file holds at one time.</summary>
/// <param name="Document">Null if there is an error.</param>
/// <param name="Error">Why it cannot be used.</param>
internal sealed record AccessFile(byte[] Content, AccessDocument? Document, string? Error)
{
    /// <param name="last">What was read before, if it was: what has not changed is not parsed again.</param>
    public static AccessFile Read(string path, AccessFile? last)
    {
        try
        {
            byte[] content = File.ReadAllBytes(path);
            if (last?.Document is not null && content.AsSpan().SequenceEqual(last.Content))
            {
                return last;
            }
            string text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
            return AccessDocument.TryParse(text, out AccessDocument? document, out string? error)
                ? new AccessFile(content, document, null)
                : new AccessFile(content, null, $"{path}: {error}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new AccessFile([], null, $"{path}: {exception.Message}");
        }
    }

    public bool IsSameAs(AccessFile other) => Error == other.Error && Content.AsSpan().SequenceEqual(other.Content);
}
