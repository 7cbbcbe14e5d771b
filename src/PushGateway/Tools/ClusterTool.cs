using System.Diagnostics.CodeAnalysis;
using PushGateway.CommandLine;
using PushGateway.Durability.Postgres;
using PushGateway.WebConfig.Tls;

namespace PushGateway.Tools;

/// <summary>The common parts of the commands of a cluster.</summary>
internal static class ClusterTool
{
    /// <summary>Parses the flags, or prints the error.</summary>
    public static bool TryReadFlags(CliContext context, [NotNullWhen(true)] out GatewayOptions? options)
    {
        if (!context.TryReadFlags(out options))
        {
            return false;
        }
        try
        {
            options = ClusterAddress.Resolve(options, Environment.GetEnvironmentVariable);
            return true;
        }
        catch (StartException exception)
        {
            context.Fail(exception.Message);
            options = null;
            return false;
        }
    }

    /// <summary>Runs a command with a file and the database. Returns the exit code.</summary>
    /// <param name="work">Receives the file, the options and the database.</param>
    public static async Task<int> RunAsync(
        CliContext context, Func<string, GatewayOptions, PostgresSource, Task<int>> work)
    {
        if (context.Arguments is not [{ Length: > 0 } file, .. var flags] || file.StartsWith('-'))
        {
            return context.Fail("expected a file, before the flags");
        }
        if (!TryReadFlags(context with { Arguments = flags }, out GatewayOptions? options))
        {
            return CliContext.Failed;
        }
        if (!options.IsReplica)
        {
            return context.Fail($"expected --cluster.postgres, --cluster.postgres-file or {ClusterAddress.Variable}");
        }
        try
        {
            OpenSslLibrary.ThrowIfMissing("a login at a database");
            await using var source = new PostgresSource(options.ClusterPostgres.Text);
            return await work(file, options, source);
        }
        catch (StartException exception)
        {
            return context.Fail(exception.Message);
        }
        catch (Exception exception) when (PostgresFault.IsExpected(exception))
        {
            return context.Fail($"cannot use the cluster's database: {PostgresFault.Describe(exception)}");
        }
    }
}
