using System.Net.Http.Headers;

namespace PushGateway.Http;

/// <summary>Reads the Content-Type of pushes.</summary>
internal static class MediaType
{
    /// <summary>
    /// Whether a body is delimited io.prometheus.client.MetricFamily messages. All else, and what cannot be read, is
    /// the text format.
    /// </summary>
    public static bool IsDelimitedProtobuf(string? contentType) =>
        contentType is not null
        && contentType.StartsWith("application/vnd.google.protobuf", StringComparison.OrdinalIgnoreCase)
        && MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && string.Equals(type.MediaType, "application/vnd.google.protobuf", StringComparison.OrdinalIgnoreCase)
        && Parameter(type, "encoding") == "delimited"
        && Parameter(type, "proto") == "io.prometheus.client.MetricFamily";

    private static string? Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters
            .FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?
            .Value?.Trim('"');
}
