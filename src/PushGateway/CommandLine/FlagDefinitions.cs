using System.CommandLine;
using System.CommandLine.Parsing;
using PushGateway.Core.Persistence.Journal;

namespace PushGateway.CommandLine;

/// <summary>The flags as System.CommandLine knows them: names, help, defaults, and how a value is read.</summary>
internal sealed class FlagDefinitions
{
    private delegate bool TryParseValue<T>(string text, out T value, out string? error);

    private const string About = "Keeps what short-lived jobs push until Prometheus scrapes it.";

    private static readonly GatewayOptions Defaults = new();

    public FlagDefinitions() => Command = new Command("pushgateway", About)
    {
        Help, HelpLong, HelpMan, Version, HealthCheck,
        ListenAddress, SystemdSocket, WebConfigFile, AccessConfigFile, TelemetryPath, ExternalUrl, RoutePrefix,
        EnableLifecycle, EnableAdminApi,
        PersistenceFile, PersistenceInterval, PersistenceJournal, PersistenceJournalMaxSize, PersistenceFsync,
        DisableConsistencyCheck, QuarantineInconsistent, EnableUtf8Names, LegacyAcceptedStatus, Lenient,
        MaxBodySize, MaxSeries, MaxLabels, MaxNameLength, MaxValueLength, MaxStoredSeries, MaxStoredGroups, MaxRequests,
        LogLevel, LogFormat,
    };

    /// <summary>Not a RootCommand: that one brings its own --help and --version.</summary>
    public Command Command { get; }

    public Option<bool> Help { get; } = new("--help", "-h") { Description = "Print this help and exit." };

    public Option<bool> HelpLong { get; } = new("--help-long") { Hidden = true };

    public Option<bool> HelpMan { get; } = new("--help-man") { Hidden = true };

    public Option<bool> Version { get; } = new("--version")
    {
        Description = "Print version and build information and exit.",
    };

    public Option<bool> HealthCheck { get; } = new("--healthcheck")
    {
        Description = "Ask the Pushgateway that runs with the other flags whether it is ready, and exit: 0 if so, else 1.",
    };

    public Option<string[]> ListenAddress { get; } = new("--web.listen-address")
    {
        Description = "Address to serve on, such as `:9091`, `127.0.0.1:9091`, `[::1]:9091` or"
            + " `unix:///run/pushgateway.sock`. Give the flag several times to serve on several addresses.",
        DefaultValueFactory = _ => [.. Defaults.ListenAddresses],
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<bool> SystemdSocket { get; } = new("--web.systemd-socket")
    {
        Description = "Serve on the sockets systemd passes in; the listen addresses are ignored.",
    };

    public Option<string> WebConfigFile { get; } = Text(
        "--web.config.file", Defaults.WebConfigFile, "YAML file that turns on TLS, client certificates or passwords.");

    public Option<string> AccessConfigFile { get; } = Text(
        "--access.config.file", Defaults.AccessConfigFile, "YAML file that says who may push, delete, read and administer.");

    public Option<string> TelemetryPath { get; } = Text(
        "--web.telemetry-path", Defaults.TelemetryPath, "Path that Prometheus scrapes.");

    public Option<ExternalUrl> ExternalUrl { get; } = Value<ExternalUrl>(
        "--web.external-url", Defaults.ExternalUrl, CommandLine.ExternalUrl.TryParse,
        "URL at which users reach this Pushgateway, for example through a reverse proxy.");

    public Option<string> RoutePrefix { get; } = Text(
        "--web.route-prefix", Defaults.RoutePrefixFlag,
        "Path in front of all routes of this server. If empty, it is the path of --web.external-url.");

    public Option<bool> EnableLifecycle { get; } = new("--web.enable-lifecycle")
    {
        Description = "Let an HTTP request to /-/quit stop the server.",
    };

    public Option<bool> EnableAdminApi { get; } = new("--web.enable-admin-api")
    {
        Description = "Serve the admin API, which can delete all metrics.",
    };

    public Option<string> PersistenceFile { get; } = Text(
        "--persistence.file", Defaults.PersistenceFile,
        "File that keeps the pushed metrics over a restart. If empty, they are lost when the server ends.");

    public Option<GoDuration> PersistenceInterval { get; } = Value<GoDuration>(
        "--persistence.interval", Defaults.PersistenceInterval, GoDuration.TryParse,
        "Shortest time between two writes of the persistence file.");

    public Option<bool> PersistenceJournal { get; } = new("--persistence.journal")
    {
        Description = "Write each push to a journal beside the persistence file before it is acknowledged.",
        DefaultValueFactory = _ => Defaults.EnableJournal,
    };

    public Option<ByteSize> PersistenceJournalMaxSize { get; } = Value<ByteSize>(
        "--persistence.journal-max-size", Defaults.JournalMaxSize, ByteSize.TryParse,
        "Size of the journal at which the persistence file is written before its interval is over, such as 64MB.");

    public Option<FsyncPolicy> PersistenceFsync { get; } = Value<FsyncPolicy>(
        "--persistence.fsync", Defaults.Fsync, TryParseFsync,
        "When the journal is forced to the disk: always (before a push is acknowledged), interval (each second) or"
        + " never.");

    public Option<bool> DisableConsistencyCheck { get; } = new("--push.disable-consistency-check")
    {
        Description = "Accept pushes unchecked. DANGEROUS: one bad push can make every scrape fail.",
    };

    public Option<bool> QuarantineInconsistent { get; } = new("--push.quarantine-inconsistent")
    {
        Description = "Leave groups out of scrapes that do not fit with the others, instead of failing every scrape.",
    };

    public Option<bool> EnableUtf8Names { get; } = new("--push.enable-utf8-names")
    {
        Description = "Accept any UTF-8 text as name of a metric or label.",
    };

    public Option<bool> LegacyAcceptedStatus { get; } = new("--push.legacy-accepted-status")
    {
        Description = "Answer pushes with 202 instead of 200, for clients made for Pushgateways before 0.10.",
    };

    public Option<bool> Lenient { get; } = new("--push.lenient")
    {
        Description = "Take CRLF line ends, a missing last newline, and %2F in the URL as part of a value; drop timestamps.",
    };

    public Option<ByteSize> MaxBodySize { get; } = Value<ByteSize>(
        "--push.max-body-size", Defaults.MaxBodySize, ByteSize.TryParse,
        "Size of the largest body of a push, both as it is sent and as it is decoded.");

    public Option<CountLimit> MaxSeries { get; } = Value<CountLimit>(
        "--push.max-series", Defaults.MaxSeries, CountLimit.TryParse, "Most series of one push; 0 for any number.");

    public Option<CountLimit> MaxLabels { get; } = Value<CountLimit>(
        "--push.max-labels", Defaults.MaxLabels, CountLimit.TryParse,
        "Most labels of one series, with those of its group; 0 for any number.");

    public Option<ByteSize> MaxNameLength { get; } = Value<ByteSize>(
        "--push.max-name-length", Defaults.MaxNameLength, ByteSize.TryParse,
        "Length of the longest name of a metric or label, in bytes.");

    public Option<ByteSize> MaxValueLength { get; } = Value<ByteSize>(
        "--push.max-value-length", Defaults.MaxValueLength, ByteSize.TryParse,
        "Length of the longest value of a label, in bytes.");

    public Option<CountLimit> MaxStoredSeries { get; } = Value<CountLimit>(
        "--store.max-series", Defaults.MaxStoredSeries, CountLimit.TryParse,
        "Most series stored: pushes that would bring more are refused; 0 for any number.");

    public Option<CountLimit> MaxStoredGroups { get; } = Value<CountLimit>(
        "--store.max-groups", Defaults.MaxStoredGroups, CountLimit.TryParse,
        "Most groups stored: pushes that would bring more are refused; 0 for any number.");

    public Option<CountLimit> MaxRequests { get; } = Value<CountLimit>(
        "--web.max-requests", Defaults.MaxRequests, CountLimit.TryParse,
        "Most requests at a time, but for health checks and deletions: others are put off; 0 for any number.");

    public Option<LogSeverity> LogLevel { get; } = Value<LogSeverity>(
        "--log.level", Defaults.LogLevel, TryParseLogLevel,
        "Least severity of the messages to log: debug, info, warn or error.");

    public Option<LogFormat> LogFormat { get; } = Value<LogFormat>(
        "--log.format", Defaults.LogFormat, TryParseLogFormat, "Shape of a log line: logfmt or json.");

    /// <summary>The text a default has on the command line; empty for an option without one.</summary>
    public static string DefaultText(Option option) => option.HasDefaultValue
        ? option.GetDefaultValue() switch
        {
            string text => text,
            string[] texts => string.Join(',', texts),
            ExternalUrl url => url.Text,
            Enum value => value.ToString().ToLowerInvariant(),
            var other => other?.ToString() ?? "",
        }
        : "";

    private static Option<string> Text(string name, string defaultValue, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaultValue,
    };

    private static Option<T> Value<T>(
        string name, T defaultValue, TryParseValue<T> tryParse, string description) => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => Parse(result, tryParse),
        };

    private static T? Parse<T>(ArgumentResult result, TryParseValue<T> tryParse)
    {
        if (!tryParse(result.Tokens[0].Value, out T value, out string? error))
        {
            result.AddError(error ?? "");
        }

        return value;
    }

    private static bool TryParseLogLevel(string text, out LogSeverity level, out string? error)
    {
        LogSeverity? known = text.ToLowerInvariant() switch
        {
            "debug" => LogSeverity.Debug,
            "info" => LogSeverity.Info,
            "warn" => LogSeverity.Warn,
            "error" => LogSeverity.Error,
            _ => null,
        };
        level = known ?? default;
        error = known is null ? $"unrecognized log level {text}" : null;
        return known is not null;
    }

    private static bool TryParseFsync(string text, out FsyncPolicy policy, out string? error)
    {
        policy = text switch
        {
            "interval" => FsyncPolicy.Interval,
            "never" => FsyncPolicy.Never,
            _ => FsyncPolicy.Always,
        };
        bool known = text is "always" or "interval" or "never";
        error = known ? null : $"must be always, interval or never, not {text}";
        return known;
    }

    // Upstream: unlike a level, a format is known in lower case only.
    private static bool TryParseLogFormat(string text, out LogFormat format, out string? error)
    {
        format = text is "json" ? CommandLine.LogFormat.Json : CommandLine.LogFormat.Logfmt;
        error = text is "json" or "logfmt" ? null : $"unrecognized log format {text}";
        return error is null;
    }
}
