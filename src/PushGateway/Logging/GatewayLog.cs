using System.Diagnostics.CodeAnalysis;

namespace PushGateway.Logging;

/// <summary>
/// All messages that the gateway logs. Parameters become keys of the log line, in snake case, and are never part of the
/// message, so that messages can be searched for. The short messages are those of the Go Pushgateway.
/// </summary>
[SuppressMessage(
    "LoggingGenerator", "SYSLIB1015", Justification = "A value has a key of its own; the message is constant.")]
internal static partial class GatewayLog
{
    [LoggerMessage(LogLevel.Information, "starting pushgateway")]
    public static partial void Starting(this ILogger logger, string version);

    [LoggerMessage(LogLevel.Information, "Build context")]
    public static partial void BuildContext(this ILogger logger, string buildContext);

    /// <param name="logger">Where to log.</param>
    /// <param name="url">The value of --web.external-url.</param>
    /// <param name="prefix">The prefix of every route.</param>
    [LoggerMessage(LogLevel.Debug, "routes")]
    public static partial void Routes(this ILogger logger, string url, string prefix);

    [LoggerMessage(LogLevel.Information, "Listening on")]
    public static partial void ListeningOn(this ILogger logger, string address);

    /// <param name="logger">Where to log.</param>
    /// <param name="limit">The maximum descriptors of the process.</param>
    [LoggerMessage(LogLevel.Warning, "too many open connections; new ones wait until others close")]
    public static partial void AcceptingPaused(this ILogger logger, ulong limit);

    [LoggerMessage(LogLevel.Warning, "cannot accept connections; trying again")]
    public static partial void AcceptFailed(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Information, "TLS is disabled.")]
    public static partial void TlsIsDisabled(this ILogger logger, bool http2, string address);

    [LoggerMessage(LogLevel.Information, "TLS is enabled.")]
    public static partial void TlsIsEnabled(this ILogger logger, bool http2, string address);

    [LoggerMessage(LogLevel.Information, "Rate Limiter is enabled.")]
    public static partial void RateLimiterIsEnabled(this ILogger logger, int burst, string interval);

    [LoggerMessage(LogLevel.Information, "web config file reloaded")]
    public static partial void WebConfigReloaded(this ILogger logger, string file);

    [LoggerMessage(LogLevel.Error, "web config file invalid; keeping the previous one")]
    public static partial void WebConfigInvalid(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Information, "access config file reloaded")]
    public static partial void AccessReloaded(this ILogger logger, string file);

    [LoggerMessage(LogLevel.Error, "access config file invalid; keeping the previous one")]
    public static partial void AccessInvalid(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Information, "lifecycle config file reloaded")]
    public static partial void LifecycleReloaded(this ILogger logger, string file);

    [LoggerMessage(LogLevel.Error, "lifecycle config file invalid; keeping the previous one")]
    public static partial void LifecycleInvalid(this ILogger logger, string err);

    /// <param name="logger">Where to log.</param>
    /// <param name="groups">The number of groups that expired together.</param>
    /// <param name="examples">Some of their grouping keys.</param>
    [LoggerMessage(LogLevel.Information, "groups expired")]
    public static partial void GroupsExpired(this ILogger logger, int groups, string examples);

    /// <param name="logger">Where to log.</param>
    /// <param name="method">The request's method, as received.</param>
    /// <param name="url">The request's path.</param>
    /// <param name="loggedSource">Address and port of the client.</param>
    /// <param name="err">The reason, without tokens and passwords.</param>
    [LoggerMessage(LogLevel.Debug, "request denied")]
    public static partial void AccessDenied(this ILogger logger, string method, string url, string loggedSource, string err);

    [LoggerMessage(LogLevel.Error, "HTTP server failed to start")]
    public static partial void ServerFailedToStart(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Information, "received SIGINT/SIGTERM; exiting gracefully...")]
    public static partial void ReceivedSignal(this ILogger logger);

    [LoggerMessage(LogLevel.Warning, "received termination request via web service")]
    public static partial void ReceivedQuitRequest(this ILogger logger);

    [LoggerMessage(LogLevel.Information, "received SIGHUP; reloading the config files")]
    public static partial void ReceivedHangUp(this ILogger logger);

    [LoggerMessage(LogLevel.Information, "received SIGHUP; no config file to reload")]
    public static partial void ReceivedIdleHangUp(this ILogger logger);

    [LoggerMessage(LogLevel.Warning, "failed to notify systemd")]
    public static partial void SystemdNotNotified(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Warning, "log lines were dropped; they were not read, or could not be written")]
    public static partial void LogLinesDropped(this ILogger logger, long lines);

    [LoggerMessage(LogLevel.Information, "HTTP server stopped")]
    public static partial void ServerStopped(this ILogger logger);

    /// <param name="logger">Where to log.</param>
    /// <param name="method">PUT or POST.</param>
    /// <param name="url">The request's path.</param>
    /// <param name="loggedSource">Address and port of the client.</param>
    /// <param name="err">Why the push was rejected.</param>
    [LoggerMessage(LogLevel.Error, "pushed metrics are invalid or inconsistent with existing metrics")]
    public static partial void PushRejected(this ILogger logger, string method, string url, string loggedSource, string err);

    /// <inheritdoc cref="PushRejected"/>
    [LoggerMessage(LogLevel.Error, "push exceeds a limit")]
    public static partial void PushExceedsLimit(
        this ILogger logger, string method, string url, string loggedSource, string err);

    /// <inheritdoc cref="PushRejected"/>
    [LoggerMessage(LogLevel.Debug, "failed to parse body")]
    public static partial void BodyNotParsed(this ILogger logger, string method, string url, string loggedSource, string err);

    /// <inheritdoc cref="PushRejected"/>
    [LoggerMessage(LogLevel.Debug, "push repeated, nothing changed")]
    public static partial void PushRepeated(this ILogger logger, string method, string url, string loggedSource);

    [LoggerMessage(LogLevel.Error, "out of memory")]
    public static partial void OutOfMemory(this ILogger logger, string method, string loggedSource);

    /// <param name="logger">Where to log.</param>
    /// <param name="method">PUT, POST or DELETE.</param>
    /// <param name="url">The request's path.</param>
    /// <param name="loggedSource">Address and port of the client.</param>
    /// <param name="err">Why the URL has no valid grouping key.</param>
    [LoggerMessage(LogLevel.Debug, "improper URL")]
    public static partial void ImproperUrl(this ILogger logger, string method, string url, string loggedSource, string err);

    /// <param name="logger">Where to log.</param>
    /// <param name="family">The name of both families.</param>
    /// <param name="help">The help string that scrapes show.</param>
    /// <param name="otherHelp">The help string that scrapes do not show.</param>
    [LoggerMessage(LogLevel.Information, "metric families inconsistent help strings")]
    public static partial void InconsistentHelp(this ILogger logger, string family, string help, string otherHelp);

    /// <param name="logger">Where to log.</param>
    /// <param name="families">The number of families of the push that are not logged one by one.</param>
    [LoggerMessage(LogLevel.Information, "further metric families of the push have inconsistent help strings")]
    public static partial void MoreInconsistentHelps(this ILogger logger, int families);

    /// <param name="logger">Where to log.</param>
    /// <param name="kind">The label value of the metric that counts these pushes.</param>
    /// <param name="group">The grouping key.</param>
    /// <param name="loggedSource">Address and port of the client.</param>
    [LoggerMessage(LogLevel.Information, "accepted only because of --push.lenient; further pushes of this group and kind are counted")]
    public static partial void AcceptedLeniently(this ILogger logger, string kind, string group, string loggedSource);

    [LoggerMessage(LogLevel.Information, "many groups need --push.lenient; further ones are counted, not logged")]
    public static partial void LenientLogLimitReached(this ILogger logger);

    /// <param name="logger">Where to log.</param>
    /// <param name="method">PUT or POST.</param>
    /// <param name="group">The grouping key.</param>
    /// <param name="loggedSource">Address and port of the client.</param>
    [LoggerMessage(LogLevel.Warning, "accepted a push without a sample; further ones of this group are counted, until one has samples")]
    public static partial void PushWithoutSamples(this ILogger logger, string method, string group, string loggedSource);

    [LoggerMessage(LogLevel.Warning, "many groups are pushed without a sample; further ones are counted, not logged")]
    public static partial void EmptyPushLogLimitReached(this ILogger logger);

    [LoggerMessage(LogLevel.Error, "error gathering metrics")]
    public static partial void GatheringFailed(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Warning, "group inconsistent with others; quarantined from scrapes")]
    public static partial void GroupQuarantined(this ILogger logger, string group, string err);

    [LoggerMessage(LogLevel.Information, "group released from quarantine")]
    public static partial void GroupReleased(this ILogger logger, string group);

    [LoggerMessage(LogLevel.Information, "restored from the persistence file")]
    public static partial void Restored(this ILogger logger, string file, int groups, long journalRecords);

    [LoggerMessage(LogLevel.Error, "persistence files damaged or inconsistent")]
    public static partial void RestoreFinding(this ILogger logger, string err);

    [LoggerMessage(LogLevel.Error, "failed to restore a metric family")]
    public static partial void FamilyNotRestored(this ILogger logger, string family, string err);

    [LoggerMessage(LogLevel.Error, "cannot restore metrics")]
    public static partial void NotRestored(this ILogger logger, string file, string err);

    [LoggerMessage(LogLevel.Error, "error persisting metrics")]
    public static partial void NotPersisted(this ILogger logger, string file, string err);

    [LoggerMessage(LogLevel.Warning, "the file system has no locks; make sure that no other gateway uses the persistence file")]
    public static partial void FileNotLocked(this ILogger logger, string file, string err);

    [LoggerMessage(LogLevel.Information, "metrics are persisted again")]
    public static partial void PersistedAgain(this ILogger logger, string file);

    [LoggerMessage(LogLevel.Debug, "start wiping metric store")]
    public static partial void WipingStore(this ILogger logger, string method, string url, string loggedSource);

    /// <param name="logger">Where to log.</param>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="database">The name of the database.</param>
    /// <param name="groups">The number of loaded groups.</param>
    /// <param name="revision">The last write of the cluster.</param>
    [LoggerMessage(LogLevel.Information, "joined the cluster")]
    public static partial void ClusterJoined(this ILogger logger, string cluster, string database, int groups, long revision);

    [LoggerMessage(LogLevel.Error, "cluster database unavailable; pushes are rejected")]
    public static partial void ClusterDisconnected(this ILogger logger, string database, string err);

    [LoggerMessage(LogLevel.Information, "cluster database available again")]
    public static partial void ClusterReconnected(this ILogger logger, string database);

    [LoggerMessage(LogLevel.Warning, "reloaded all groups: the database has no record of what this replica had")]
    public static partial void ClusterReloaded(this ILogger logger, int groups, long revision);

    [LoggerMessage(LogLevel.Warning, "another replica of the same name is running; give each its own --cluster.replica")]
    public static partial void ClusterNameTaken(this ILogger logger, string replica);

    [LoggerMessage(LogLevel.Debug, "cluster heartbeat failed")]
    public static partial void ClusterHeartbeatFailed(this ILogger logger, string err);
}
