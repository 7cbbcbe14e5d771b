using System.Net;
using PushGateway.CommandLine;

namespace PushGateway.Durability.Postgres;

/// <summary>The address of a cluster's database and the name of the replica, from flags and environment.</summary>
internal static class ClusterAddress
{
    public const string Variable = "PUSHGATEWAY_CLUSTER_POSTGRES";

    /// <summary>The options with the address of the database from any of its sources.</summary>
    /// <exception cref="StartException">The flags contradict each other, or the file cannot be read.</exception>
    public static GatewayOptions Resolve(GatewayOptions options, Func<string, string?> environment)
    {
        if (options.ClusterPostgres.IsEmpty)
        {
            string? address = options.ClusterPostgresFile.Length > 0 ? Read(options.ClusterPostgresFile) : environment(Variable);
            options = options with { ClusterPostgres = new Secret(address ?? "") };
        }
        return options.IsReplica && options.PersistenceFile.Length > 0
            ? throw new StartException(
                "--persistence.file and --cluster.postgres exclude each other: the database has the groups. Move those of the"
                + " file with `pushgateway cluster import FILE`, and leave the flag out")
            : options;
    }

    /// <summary>The name of the replica: the flag, or host name and port by default.</summary>
    public static string NameOf(GatewayOptions options) =>
        options.ClusterReplica.Length > 0 ? options.ClusterReplica
        : ListenAddress.TryParse(options.ListenAddresses[0], out ListenAddress address, out _)
            ? $"{Dns.GetHostName()}:{address.Port}"
        : Dns.GetHostName();

    /// <summary>
    /// The scrape target of a replica of this name. A name without a port is a host with the port of this gateway.
    /// </summary>
    /// <returns>Null for a name that cannot be an address.</returns>
    public static string? TargetOf(string name, int port)
    {
        bool hasPort = ListenAddress.TryParse(name, out ListenAddress address, out _) && address.Port > 0;
        ListenAddress target = hasPort ? address : new ListenAddress(name.TrimStart('[').TrimEnd(']'), port);
        return Uri.CheckHostName(target.Host) == UriHostNameType.Unknown ? null : target.ToString();
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } address
                ? address
                : throw new StartException($"--cluster.postgres-file: {file} is empty");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"--cluster.postgres-file: {exception.Message}");
        }
    }
}
