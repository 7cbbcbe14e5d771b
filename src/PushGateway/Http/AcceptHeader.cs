using System.Globalization;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;

namespace PushGateway.Http;

/// <summary>A format that was agreed on, how names are escaped in it, and the Content-Type that says both.</summary>
internal sealed record NegotiatedFormat(ExpositionFormat Format, NameEscaping Escaping)
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=";

    public string ContentType
    {
        get
        {
            string type = Format switch
            {
                ExpositionFormat.ProtobufDelimited => Protobuf + "delimited",
                ExpositionFormat.ProtobufText => Protobuf + "text",
                ExpositionFormat.ProtobufCompactText => Protobuf + "compact-text",
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
internal static class AcceptHeader
{
    /// <summary>The format that the client likes best; the text format where it names none that there is.</summary>
    /// <remarks>
    /// Upstream: the escaping is taken from any media type that comes before the one agreed on, be it one that there
    /// is not. OpenMetrics is not offered.
    /// </remarks>
    public static NegotiatedFormat Negotiate(string? accept)
    {
        var escaping = NameEscaping.Underscores;
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
        }
        return new NegotiatedFormat(ExpositionFormat.Text, escaping);
    }

    /// <summary>Whether the client likes gzip better than no encoding.</summary>
    public static bool PrefersGzip(string? acceptEncoding)
    {
        double identity = -1;
        double gzip = -1;
        foreach (string part in (acceptEncoding ?? "").Split(','))
        {
            string[] words = part.Split(';');
            string coding = words[0].Trim();
            double weight = Weight(words);
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

    /// <summary>The ranges in the order of preference: by weight, then those without wildcards first.</summary>
    private static IEnumerable<MediaRange> ParseRanges(string accept)
    {
        var ranges = new List<MediaRange>();
        foreach (string part in accept.Split(','))
        {
            string[] words = part.Split(';');
            string[] type = words[0].Trim().Split('/');
            if (type is ["*"])
            {
                type = ["*", "*"];
            }
            if (type.Length == 2)
            {
                ranges.Add(new MediaRange(type[0].Trim(), type[1].Trim(), Weight(words), words[1..]));
            }
        }
        return ranges
            .OrderByDescending(range => range.Weight)
            .ThenBy(range => range.MainType == "*")
            .ThenBy(range => range.SubType == "*");
    }

    private static double Weight(string[] words)
    {
        foreach (string word in words.AsSpan(1))
        {
            string[] pair = word.Split('=', 2);
            if (pair.Length == 2 && pair[0].Trim() == "q")
            {
                return double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
                    ? weight
                    : 0;
            }
        }
        return 1;
    }

    private sealed record MediaRange(string MainType, string SubType, double Weight, string[] Parameters)
    {
        public string Type => $"{MainType}/{SubType}";

        /// <summary>Empty where there is none of that name.</summary>
        public string Parameter(string name)
        {
            foreach (string parameter in Parameters)
            {
                string[] pair = parameter.Split('=', 2);
                if (pair.Length == 2 && pair[0].Trim() == name)
                {
                    return pair[1].Trim();
                }
            }
            return "";
        }
    }
}
