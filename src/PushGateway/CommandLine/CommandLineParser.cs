using System.CommandLine;
using System.CommandLine.Parsing;

namespace PushGateway.CommandLine;

/// <summary>
/// Parses the program's arguments into options. Accepts and rejects the same arguments as the Go Pushgateway, with the same
/// messages. Accesses neither the console nor the process, and reads only arguments files (<c>@file</c>).
/// </summary>
internal static class CommandLineParser
{
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="programName">The file name of the program, for error and help texts.</param>
    /// <param name="buildInfo">The output of --version.</param>
    public static CommandLineResult Parse(string[] args, string programName, BuildInfo buildInfo)
    {
        var arguments = ArgumentReader.Read(args);

        // Upstream: what precedes an error counts for --version and --help-long, but not for --help. And "--no-version"
        // prints the version, too.
        foreach ((Flag flag, _) in arguments.Occurrences)
        {
            if (flag == FlagTable.Version)
            {
                return Page(buildInfo.ToVersionText());
            }
            if (flag == FlagTable.HelpLong)
            {
                return Page(HelpText.Render(programName));
            }
            if (flag == FlagTable.HelpMan)
            {
                return Page(ManPage.Render(programName, buildInfo));
            }
        }
        if (arguments.Error is null && arguments.Occurrences.Any(occurrence => occurrence.Flag == FlagTable.Help))
        {
            return Page(HelpText.Render(programName));
        }

        string? error = arguments.Error;
        ParseResult? values = error is null ? ReadValues(arguments.Occurrences, out error) : null;
        if (values is null || error is not null)
        {
            return new CommandLineResult.Print(
                $"{programName}: error: {error}, try --help\n", OutputStream.StandardError, ExitCode: 1);
        }
        GatewayOptions options = arguments.Occurrences.Select(occurrence => occurrence.Flag).Distinct()
            .Aggregate(new GatewayOptions(), (given, flag) => flag.Apply(given, values));
        return values.GetValue<bool>(FlagTable.HealthCheck.Name)
            ? new CommandLineResult.Check(options)
            : new CommandLineResult.Run(options);
    }

    /// <summary>
    /// The first error in the order of the arguments, for a repeated flag or an invalid value.
    /// </summary>
    private static ParseResult ReadValues(IReadOnlyList<FlagOccurrence> occurrences, out string? error)
    {
        var seen = new HashSet<Flag>();
        FlagOccurrence[] unrepeated = [.. occurrences.TakeWhile(o => seen.Add(o.Flag) || o.Flag.IsRepeatable)];
        // Not a RootCommand, which adds its own --help and --version.
        var command = new Command("pushgateway");
        foreach (Flag flag in FlagTable.All)
        {
            command.Add(flag.ToOption());
        }
        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        ParseResult result = command.Parse([.. unrepeated.SelectMany(ToTokens)], configuration);

        error = unrepeated.Length < occurrences.Count
            ? $"flag '{occurrences[unrepeated.Length].Flag.Name[2..]}' cannot be repeated"
            : null;
        if (result.Errors.Count > 0)
        {
            error = result.Errors.MinBy(e => Array.FindIndex(unrepeated, o => o.Flag.Name == FlagNameOf(e)))!.Message;
        }
        return result;
    }

    // With "=", a value may look like a flag. But "--flag=" would be a flag without a value.
    private static string[] ToTokens(FlagOccurrence occurrence) => occurrence.Value.Length > 0
        ? [$"{occurrence.Flag.Name}={occurrence.Value}"]
        : [occurrence.Flag.Name, ""];

    private static string? FlagNameOf(ParseError error) =>
        (error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult)?.Option.Name;

    private static CommandLineResult.Print Page(string text) => new(text, OutputStream.StandardOutput, ExitCode: 0);
}
