using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace PushGateway.CommandLine;

/// <summary>The name of a cluster, which is also the name of its schema in the database. Needs no escaping in SQL.</summary>
internal readonly partial record struct ClusterName(string Text)
{
    public static readonly ClusterName Default = new("pushgateway");

    // name := [a-z_] *51[a-z0-9_]
    public static bool TryParse(string text, out ClusterName name, [NotNullWhen(false)] out string? error)
    {
        name = new ClusterName(text);
        error = Pattern().IsMatch(text)
            ? null
            : $"must be up to 50 lower-case letters, digits and underscores, and not begin with a digit: {GoQuote.QuoteAscii(text)}";
        return error is null;
    }

    public override string ToString() => Text;

    [GeneratedRegex("""^[a-z_][a-z0-9_]{0,49}\z""")]
    private static partial Regex Pattern();
}

/// <summary>Which replicas of a cluster show pushed groups in scrapes.</summary>
internal enum ClusterScrape
{
    /// <summary>All replicas: for a load balancer, or for Prometheus with one target.</summary>
    All,

    /// <summary>Only the replica that holds the lease: for Prometheus with every replica as a target.</summary>
    Lease,
}

/// <summary>A text that is never shown.</summary>
internal readonly record struct Secret(string Text)
{
    public bool IsEmpty => string.IsNullOrEmpty(Text);

    public static bool TryParse(string text, out Secret secret, out string? error)
    {
        secret = new Secret(text);
        error = null;
        return true;
    }

    public override string ToString() => IsEmpty ? "" : "<secret>";
}
