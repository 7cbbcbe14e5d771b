using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary>What a shell has to know of a flag.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Choices">The values that it can have, if they are few.</param>
internal sealed record CompletedFlag(
    string Name, string Description, bool TakesValue, bool IsFile, bool IsRepeatable, IReadOnlyList<string> Choices)
{
    /// <summary>What is offered: a switch can be negated, and a value follows "=".</summary>
    public IEnumerable<string> Spellings => TakesValue ? [$"{Name}="] : IsAction ? [Name] : [Name, $"--no-{Name[2..]}"];

    /// <summary>It is about something else than the server's options, which have names with a dot.</summary>
    private bool IsAction => !Name.Contains('.');

    /// <summary>Those that --help shows, in its order.</summary>
    public static IEnumerable<CompletedFlag> All()
    {
        var flags = new FlagDefinitions();
        return flags.Command.Options.Where(option => !option.Hidden).Select(option => new CompletedFlag(
            option.Name,
            option.Description ?? "",
            option.ValueType != typeof(bool),
            option.Name.EndsWith(".file", StringComparison.Ordinal),
            option.Arity.MaximumNumberOfValues > 1,
            option == flags.LogLevel ? ["debug", "info", "warn", "error"]
            : option == flags.LogFormat ? ["logfmt", "json"]
            : option == flags.PersistenceFsync ? ["always", "interval", "never"]
            : []));
    }
}
