using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Core.Exposition;

namespace PushGateway.Http.Responses;

/// <summary>The negotiated format and escaping of names, and the Content-Type that states both.</summary>
internal sealed record NegotiatedFormat(ExpositionFormat Format, NameEscaping Escaping)
{
    public const string OldOpenMetrics = "0.0.1";
    public const string NewOpenMetrics = "1.0.0";

    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=";

    /// <summary>The version of OpenMetrics to state. Both versions have the same lines.</summary>
    public string OpenMetricsVersion { get; init; } = NewOpenMetrics;

    public string ContentType
    {
        get
        {
            string type = Format switch
            {
                ExpositionFormat.ProtobufDelimited => Protobuf + "delimited",
                ExpositionFormat.ProtobufText => Protobuf + "text",
                ExpositionFormat.ProtobufCompactText => Protobuf + "compact-text",
                ExpositionFormat.OpenMetrics => $"application/openmetrics-text; version={OpenMetricsVersion}; charset=utf-8",
                _ => "text/plain; version=0.0.4; charset=utf-8",
            };
            string escaping = Escaping switch
            {
                NameEscaping.None => "allow-utf-8",
                NameEscaping.Dots => "dots",
                NameEscaping.Values => "values",
                _ => "underscores",
            };
            return $"{type}; escaping={escaping}";
        }
    }
}

/// <summary>Reads the Accept and Accept-Encoding headers of scrapes.</summary>
internal static partial class ContentNegotiation
{
    /// <summary>The client's preferred format; the text format if it names no supported one.</summary>
    /// <remarks>
    /// Upstream: a media type before the negotiated one sets the escaping too, even an unsupported one.
    /// </remarks>
    /// <param name="allowsOpenMetrics">Whether OpenMetrics is supported.</param>
    public static NegotiatedFormat Negotiate(string? accept, bool allowsOpenMetrics = false)
    {
        NameEscaping escaping = NameEscaping.Underscores;
        foreach (MediaRange range in ParseRanges(accept ?? ""))
        {
            escaping = range.Parameter("escaping") switch
            {
                "allow-utf-8" => NameEscaping.None,
                "underscores" => NameEscaping.Underscores,
                "dots" => NameEscaping.Dots,
                "values" => NameEscaping.Values,
                _ => escaping,
            };
            if (FormatOf(range) is { } format)
            {
                return new NegotiatedFormat(format, escaping);
            }
            if (allowsOpenMetrics && OpenMetricsVersionOf(range) is { } version)
            {
                return new NegotiatedFormat(ExpositionFormat.OpenMetrics, escaping) { OpenMetricsVersion = version };
            }
        }
        return new NegotiatedFormat(ExpositionFormat.Text, escaping);
    }

    /// <summary>Whether the client prefers gzip to no encoding.</summary>
    /// <param name="acceptEncoding">The lines of the header, which form one list.</param>
    public static bool PrefersGzip(IEnumerable<string?> acceptEncoding)
    {
        double identity = -1;
        double gzip = -1;
        foreach ((string coding, double weight) in acceptEncoding.SelectMany(line => ParseCodings(line ?? "")))
        {
            if (coding is "*" or "identity")
            {
                identity = Math.Max(identity, weight);
            }
            if (coding is "*" or "gzip")
            {
                gzip = Math.Max(gzip, weight);
            }
        }
        return gzip > 0 && gzip > identity;
    }

    /// <summary>
    /// The encoding of a response, chosen like the Go Pushgateway for a scrape, except for zstd: it is used if the client names it
    /// with a weight above all others.
    /// </summary>
    public static ResponseEncoding EncodingOf(IEnumerable<string?> acceptEncoding)
    {
        string?[] lines = [.. acceptEncoding];
        double zstd = 0;
        double other = 0;
        foreach ((string coding, double weight) in lines.SelectMany(line => ParseCodings(line ?? "")))
        {
            if (coding == "zstd")
            {
                zstd = Math.Max(zstd, weight);
            }
            else if (coding is "gzip" or "identity")
            {
                other = Math.Max(other, weight);
            }
        }
        return zstd > other ? ResponseEncoding.Zstd : PrefersGzip(lines) ? ResponseEncoding.Gzip : ResponseEncoding.Plain;
    }

    /// <summary>codings = coding [";" "q=" weight] *("," codings)</summary>
    /// <remarks>Upstream: the first syntax error ends the line.</remarks>
    private static IEnumerable<(string Coding, double Weight)> ParseCodings(string line)
    {
        for (Match match = CodingPattern.Match(line); match.Success; match = match.NextMatch())
        {
            Group weight = match.Groups["weight"];
            yield return (
                match.Groups["coding"].Value,
                weight.Success ? double.Parse(weight.ValueSpan, CultureInfo.InvariantCulture) : 1);
            if (!match.Groups["more"].Success)
            {
                break;
            }
        }
    }

    [GeneratedRegex(
        @"\G(?>(?<coding>[!#$%&'*+\-./0-9A-Z^_`a-z|~]+)[ \t]*)(?:;[ \t]*q=(?<weight>[01](?:\.[0-9]*)?)|(?!;))[ \t]*(?<more>,[ \t]*)?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex CodingPattern { get; }

    private static ExpositionFormat? FormatOf(MediaRange range)
    {
        if (range.Type == "application/vnd.google.protobuf"
            && range.Parameter("proto") == "io.prometheus.client.MetricFamily")
        {
            return range.Parameter("encoding") switch
            {
                "delimited" => ExpositionFormat.ProtobufDelimited,
                "text" => ExpositionFormat.ProtobufText,
                "compact-text" => ExpositionFormat.ProtobufCompactText,
                _ => null,
            };
        }
        return range.Type == "text/plain" && range.Parameter("version") is ("" or "0.0.4")
            ? ExpositionFormat.Text
            : null;
    }

    /// <summary>Like Go's library: the old version for a range without one.</summary>
    private static string? OpenMetricsVersionOf(MediaRange range) =>
        range.Type != "application/openmetrics-text" ? null : range.Parameter("version") switch
        {
            NegotiatedFormat.NewOpenMetrics => NegotiatedFormat.NewOpenMetrics,
            "" or NegotiatedFormat.OldOpenMetrics => NegotiatedFormat.OldOpenMetrics,
            _ => null,
        };

    /// <summary>The ranges in order of preference: by weight, then those without wildcards first.</summary>
    private static IEnumerable<MediaRange> ParseRanges(string accept)
    {
        var ranges = new List<MediaRange>();
        foreach (string part in accept.Split(','))
        {
            string[] words = part.Split(';');
            string[] type = words[0].Trim().Split('/');
            if (type is [.., ""])
            {
                type = type[..^1];
            }
            if (type is ["*"])
            {
                type = ["*", "*"];
            }
            if (type.Length == 2)
            {
                ranges.Add(new MediaRange(type[0].Trim(), type[1].Trim(), ParseParameters(words.AsSpan(1))));
            }
        }
        return ranges
            .OrderByDescending(range => range.Weight)
            .ThenBy(range => range.MainType == "*")
            .ThenBy(range => range.SubType == "*");
    }

    /// <summary>The last of duplicate parameters wins. Parameters without a value, or with two, are ignored.</summary>
    private static Dictionary<string, string> ParseParameters(ReadOnlySpan<string> words)
    {
        var parameters = new Dictionary<string, string>();
        foreach (string word in words)
        {
            string[] pair = word.Split('=');
            if (pair is [_, { Length: > 0 }] or [_, { Length: > 0 }, ""])
            {
                parameters[pair[0].Trim()] = pair[1];
            }
        }
        return parameters;
    }

    private sealed record MediaRange(string MainType, string SubType, Dictionary<string, string> Parameters)
    {
        public string Type => $"{MainType}/{SubType}";

        /// <summary>The <c>q</c> parameter: 1 if missing, 0 if invalid.</summary>
        public double Weight { get; } = !Parameters.TryGetValue("q", out string? text) ? 1
            : GoNumber.TryParse(Encoding.UTF8.GetBytes(text), out double weight) ? weight
            : 0;

        /// <summary>The parameter's value, or an empty string.</summary>
        public string Parameter(string name) => Parameters.GetValueOrDefault(name, "").Trim();
    }
}
