namespace PushGateway.Metrics;

/// <summary>Turns OpenTelemetry's names into Prometheus's.</summary>
internal static class PrometheusName
{
    /// <summary>The name with an underscore for each character that Prometheus's label names do not have.</summary>
    public static string Sanitize(string name) => string.Create(name.Length, name, static (sanitized, name) =>
    {
        for (int i = 0; i < sanitized.Length; i++)
        {
            sanitized[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
        }
    });
}
