namespace PushGateway.CommandLine;

/// <summary>A command that the first arguments name. The program runs it instead of the server, and exits.</summary>
/// <param name="Name">One or two words.</param>
/// <param name="Arguments">The syntax of its arguments, for --help.</param>
internal sealed record CliCommand(string Name, string Arguments, string Description)
{
    public static readonly CliCommand CheckConfig = new(
        "check config", "<flags>",
        "Check the config files as a start would read them, and print every error with its line. Exit code 0 or 1.");

    public static readonly CliCommand CheckMetrics = new(
        "check metrics", "[--format=text|openmetrics|protobuf] [<flags>] < FILE",
        "Check metrics as a push of that format, and against Prometheus's conventions. Exit code 0; 1 if a push would be rejected; 3"
        + " for warnings.");

    public static readonly CliCommand Inspect = new(
        "inspect", "FILE",
        "Show what a persistence file and its journal contain, and what is damaged. Changes nothing. Exit code 0, or 1 for damage.");

    public static readonly CliCommand ClusterSchema = new(
        "cluster schema", "[<flags>]",
        "Print the SQL that creates the tables of --cluster.name and grants the user of --cluster.postgres what a replica needs. For an"
        + " administrator, if that user may not create tables.");

    public static readonly CliCommand ClusterImport = new(
        "cluster import", "FILE [<flags>]",
        "Put the groups of a persistence file and its journal into the database of --cluster.postgres, all or none. The cluster must not"
        + " have groups. Exit code 0 or 1.");

    public static readonly CliCommand ClusterExport = new(
        "cluster export", "FILE [<flags>]",
        "Write the groups in the database of --cluster.postgres to a new persistence file. Exit code 0 or 1.");

    public static readonly CliCommand Completion = new(
        "completion", "bash|zsh|fish", "Print a completion script for the shell.");

    public static IReadOnlyList<CliCommand> All { get; } =
        [CheckConfig, CheckMetrics, Inspect, ClusterSchema, ClusterImport, ClusterExport, Completion];
}
