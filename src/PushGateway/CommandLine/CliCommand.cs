namespace PushGateway.CommandLine;

/// <summary>A command that the first arguments name; the program runs it instead of the server, and ends.</summary>
/// <param name="Name">One or two words.</param>
/// <param name="Arguments">What follows them, for --help.</param>
internal sealed record CliCommand(string Name, string Arguments, string Description)
{
    public static readonly CliCommand CheckConfig = new(
        "check config", "<flags>",
        "Read the files of --web.config.file and --access.config.file as the server does, and tell what is wrong with"
        + " them: 0 if nothing is, else 1.");

    public static readonly CliCommand CheckMetrics = new(
        "check metrics", "[--format=text|openmetrics|protobuf] [<flags>] < FILE",
        "Read metrics as a push of that format does, and tell what Prometheus's conventions advise against: 0 if nothing is wrong, 1 if"
        + " a push would be refused, 3 for the latter.");

    public static readonly CliCommand Inspect = new(
        "inspect", "FILE",
        "Tell what a persistence file and its journal hold, and whether they are damaged: 0 if not, else 1. Changes"
        + " nothing.");

    public static readonly CliCommand ClusterSchema = new(
        "cluster schema", "[<flags>]",
        "Print the SQL that makes the tables of --cluster.name, and that grants the user of --cluster.postgres what a"
        + " replica needs; for an administrator, if that user may not make tables.");

    public static readonly CliCommand ClusterImport = new(
        "cluster import", "FILE [<flags>]",
        "Put the groups of a persistence file and its journal into the database of --cluster.postgres, all or none: 0 if"
        + " they are there, else 1. The cluster must not have groups.");

    public static readonly CliCommand ClusterExport = new(
        "cluster export", "FILE [<flags>]",
        "Write the groups in the database of --cluster.postgres to a new persistence file: 0 if it is complete, else 1.");

    public static readonly CliCommand Completion = new(
        "completion", "bash|zsh|fish", "Print a script that has the shell complete the flags.");

    public static IReadOnlyList<CliCommand> All { get; } =
        [CheckConfig, CheckMetrics, Inspect, ClusterSchema, ClusterImport, ClusterExport, Completion];
}
