using System.CommandLine;
using System.CommandLine.Parsing;

namespace PushGateway.CommandLine;

/// <summary>
/// Turns the program's arguments into options, accepting and refusing what the Go Pushgateway does, in its words.
/// Touches neither the console nor the process; only arguments files (<c>@file</c>) are read.
/// </summary>
internal static class CommandLineParser
{
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="programName">The file name of the program, for error and help texts.</param>
    /// <param name="buildInfo">What --version prints.</param>
    public static CommandLineResult Parse(string[] args, string programName, BuildInfo buildInfo)
    {
        var flags = new FlagDefinitions();
        var arguments = ArgumentReader.Read(args, flags.Command.Options);

        // Upstream: what comes in front of an error counts for --version and --help-long, but not for --help. And
        // "--no-version" is one more way to ask.
        foreach (FlagOccurrence occurrence in arguments.Occurrences)
        {
            if (occurrence.Flag == flags.Version)
            {
                return Page(buildInfo.ToVersionText());
            }

            if (occurrence.Flag == flags.HelpLong || occurrence.Flag == flags.HelpMan)
            {
                return Page(HelpText.Render(flags, programName));
            }
        }

        if (arguments.Error is null && arguments.Occurrences.Any(occurrence => occurrence.Flag == flags.Help))
        {
            return Page(HelpText.Render(flags, programName));
        }

        string? error = arguments.Error;
        ParseResult? values = error is null ? ReadValues(flags, arguments.Occurrences, out error) : null;
        if (values is null || error is not null)
        {
            return new CommandLineResult.Print(
                $"{programName}: error: {error}, try --help\n", OutputStream.StandardError, ExitCode: 1);
        }
        GatewayOptions options = ToOptions(flags, values);
        return values.GetValue(flags.HealthCheck)
            ? new CommandLineResult.Check(options)
            : new CommandLineResult.Run(options);
    }

    /// <summary>The error is the first in the order of the arguments, be it a repeated flag or a wrong value.</summary>
    private static ParseResult ReadValues(
        FlagDefinitions flags, IReadOnlyList<FlagOccurrence> occurrences, out string? error)
    {
        var seen = new HashSet<Option>();
        FlagOccurrence[] unrepeated =
            [.. occurrences.TakeWhile(o => seen.Add(o.Flag) || o.Flag.Arity.MaximumNumberOfValues > 1)];
        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        ParseResult result = flags.Command.Parse([.. unrepeated.SelectMany(ToTokens)], configuration);

        error = unrepeated.Length < occurrences.Count
            ? $"flag '{occurrences[unrepeated.Length].Flag.Name[2..]}' cannot be repeated"
            : null;
        if (result.Errors.Count > 0)
        {
            error = result.Errors.MinBy(e => Array.FindIndex(unrepeated, o => o.Flag == FlagOf(e)))!.Message;
        }

        return result;
    }

    // With "=" a value may look like a flag; but "--flag=" would be a flag without a value.
    private static string[] ToTokens(FlagOccurrence occurrence) => occurrence.Value.Length > 0
        ? [$"{occurrence.Flag.Name}={occurrence.Value}"]
        : [occurrence.Flag.Name, ""];

    private static Option? FlagOf(ParseError error) =>
        (error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult)?.Option;

    private static GatewayOptions ToOptions(FlagDefinitions flags, ParseResult values) => new()
    {
        ListenAddresses = values.GetRequiredValue(flags.ListenAddress),
        UseSystemdSocket = values.GetValue(flags.SystemdSocket),
        WebConfigFile = values.GetRequiredValue(flags.WebConfigFile),
        AccessConfigFile = values.GetRequiredValue(flags.AccessConfigFile),
        TelemetryPath = values.GetRequiredValue(flags.TelemetryPath),
        ExternalUrl = values.GetRequiredValue(flags.ExternalUrl),
        RoutePrefixFlag = values.GetRequiredValue(flags.RoutePrefix),
        EnableLifecycle = values.GetValue(flags.EnableLifecycle),
        EnableAdminApi = values.GetValue(flags.EnableAdminApi),
        PersistenceFile = values.GetRequiredValue(flags.PersistenceFile),
        PersistenceInterval = values.GetValue(flags.PersistenceInterval),
        EnableJournal = values.GetValue(flags.PersistenceJournal),
        JournalMaxSize = values.GetValue(flags.PersistenceJournalMaxSize),
        Fsync = values.GetValue(flags.PersistenceFsync),
        DisableConsistencyCheck = values.GetValue(flags.DisableConsistencyCheck),
        QuarantineInconsistent = values.GetValue(flags.QuarantineInconsistent),
        EnableUtf8Names = values.GetValue(flags.EnableUtf8Names),
        LegacyAcceptedStatus = values.GetValue(flags.LegacyAcceptedStatus),
        Lenient = values.GetValue(flags.Lenient),
        MaxBodySize = values.GetValue(flags.MaxBodySize),
        MaxSeries = values.GetValue(flags.MaxSeries),
        MaxLabels = values.GetValue(flags.MaxLabels),
        MaxNameLength = values.GetValue(flags.MaxNameLength),
        MaxValueLength = values.GetValue(flags.MaxValueLength),
        MaxStoredSeries = values.GetValue(flags.MaxStoredSeries),
        MaxStoredGroups = values.GetValue(flags.MaxStoredGroups),
        MaxRequests = values.GetValue(flags.MaxRequests),
        LogLevel = values.GetValue(flags.LogLevel),
        LogFormat = values.GetValue(flags.LogFormat),
    };

    private static CommandLineResult.Print Page(string text) => new(text, OutputStream.StandardOutput, ExitCode: 0);
}
