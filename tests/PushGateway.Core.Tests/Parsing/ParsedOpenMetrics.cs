using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>The result of the OpenMetrics parser for a body, in a form for comparisons.</summary>
internal static class ParsedOpenMetrics
{
    private static readonly Regex ErrorMessage = new(
        "^openmetrics format parsing error in line ([0-9]+), column ([0-9]+): expected (.*)$", RegexOptions.Singleline);

    public static List<MetricFamily> Families(ReadOnlyMemory<byte> body, NameValidation validation = NameValidation.Legacy)
    {
        bool parsed = OpenMetricsParser.TryParse(
            body, validation, out List<MetricFamily>? families, out PushError? error);
        Assert.True(parsed, $"{error}");
        return families!;
    }

    /// <param name="body">Without the line that ends it.</param>
    public static List<MetricFamily> Families(string body, NameValidation validation = NameValidation.Legacy) =>
        Families(Encoding.UTF8.GetBytes(body + "# EOF\n"), validation);

    /// <inheritdoc cref="ParsedText.Describe(IEnumerable{MetricFamily})"/>
    public static string Describe(string body, NameValidation validation = NameValidation.Legacy) =>
        ParsedText.Describe(Families(body, validation));

    /// <summary>The message without its common beginning, after "line:column ".</summary>
    public static string Error(ReadOnlyMemory<byte> body, NameValidation validation = NameValidation.Legacy)
    {
        Assert.False(OpenMetricsParser.TryParse(body, validation, out List<MetricFamily>? families, out PushError? error));
        Assert.Null(families);
        Match message = ErrorMessage.Match(error.Message);
        Assert.True(message.Success, error.Message);
        Assert.Equal($"{error.Line}", message.Groups[1].Value);
        return $"{error.Line}:{message.Groups[2]} {message.Groups[3]}";
    }

    public static string Error(string body, NameValidation validation = NameValidation.Legacy) =>
        Error(Encoding.UTF8.GetBytes(body), validation);
}
