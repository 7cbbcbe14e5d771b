using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>The result of the text parser for a body, in a form for comparisons.</summary>
internal static class ParsedText
{
    public const string CutOff = "unexpected end of input stream";

    public static List<MetricFamily> Families(string body, NameValidation validation = NameValidation.Legacy)
    {
        bool parsed = TextParser.TryParse(
            Encoding.UTF8.GetBytes(body), validation, out List<MetricFamily>? families, out PushError? error);
        Assert.True(parsed, $"{error}");
        return families!;
    }

    /// <summary>The families, each with a line for every metric, in protobuf's text form.</summary>
    public static string Describe(string body, NameValidation validation = NameValidation.Legacy) =>
        Describe(Families(body, validation));

    public static string Describe(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (MetricFamily family in families)
        {
            text.Append(family.Type.ProtoName()).Append(' ').Append(family.Name);
            text.Append(family.Help is { } help ? $" # {help}\n" : "\n");
            family.Metrics.ForEach(metric => text.Append($"  {PrototextExposition.Describe(metric)}\n"));
        }
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The only metric of the only family, in protobuf's text form.</summary>
    public static string DescribeMetric(string body, NameValidation validation = NameValidation.Legacy) =>
        PrototextExposition.Describe(Assert.Single(Assert.Single(Families(body, validation)).Metrics));

    public static PushError Error(ReadOnlyMemory<byte> body, NameValidation validation = NameValidation.Legacy)
    {
        Assert.False(TextParser.TryParse(body, validation, out List<MetricFamily>? families, out PushError? error));
        Assert.Null(families);
        return error;
    }

    public static PushError Error(string body, NameValidation validation = NameValidation.Legacy) =>
        Error(Encoding.UTF8.GetBytes(body), validation);
}
