using Npgsql;
using PushGateway.CommandLine;
using PushGateway.Durability.Postgres;

namespace PushGateway.Tools;

/// <summary><c>cluster schema</c>: prints the script that an administrator runs if replicas may not create their tables.</summary>
internal static class ClusterScript
{
    /// <summary>A variable of psql, as an identifier.</summary>
    private const string RoleVariable = ":\"role\"";

    public static async Task<int> RunAsync(CliContext context)
    {
        if (!ClusterTool.TryReadFlags(context, out GatewayOptions? options))
        {
            return CliContext.Failed;
        }
        string? role = null;
        if (options.IsReplica)
        {
            if (!PostgresUrl.TryParse(options.ClusterPostgres.Text, out NpgsqlConnectionStringBuilder? settings, out string? error))
            {
                return context.Fail($"the address of the database {error}");
            }
            role = settings.Username;
        }
        await context.Output.WriteAsync(Script(options.ClusterName.Text, role));
        return 0;
    }

    /// <param name="role">Null if the person who runs the script sets the role.</param>
    private static string Script(string name, string? role)
    {
        string grantee = string.IsNullOrEmpty(role) ? RoleVariable : $"\"{role.Replace("\"", "\"\"")}\"";
        string variable = grantee == RoleVariable ? " -v role=ROLE" : "";
        return $"""
            -- The tables of the cluster {name}, and what the role of its replicas needs. It may run again.
            -- psql -v ON_ERROR_STOP=1{variable} -f FILE DATABASE
            begin;

            {ClusterSchema.Script(name)}
            grant usage on schema "{name}" to {grantee};
            grant select, insert, update, delete on all tables in schema "{name}" to {grantee};

            commit;

            """;
    }
}
