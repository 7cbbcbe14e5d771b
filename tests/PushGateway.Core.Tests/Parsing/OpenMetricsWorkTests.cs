using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>A hostile body takes time in proportion to its length, whether it is valid or not.</summary>
public class OpenMetricsWorkTests
{
    [Theory]
    [InlineData("", "x{{a=\"{0}\"}} 1\n", "")]
    [InlineData("", "x{0} 1\n", "")]
    [InlineData("", "x{{a=\"{0}\"}} 1\n", "x{{a=\"0\"}} 1\n")]
    [InlineData("# TYPE x_total gauge\n", "# TYPE x{0} counter\nx{0}_total 1\n", "")]
    [InlineData("x{{", "a{0}=\"b\",", "b=\"b\"}} 1\n")]
    [InlineData("x{{", "a{0}=\"b\",", "a0=\"b\"}} 1\n")]
    [InlineData("# TYPE x counter\n", "x_total{{a=\"{0}\"}} 1 # {{t=\"{0}\"}} 1 5\n", "")]
    [InlineData("# TYPE x summary\n", "x{{quantile=\"0.{0}\"}} 1\n", "")]
    [InlineData("# TYPE x histogram\n", "x_bucket{{le=\"{0}\"}} 1\n", "x_bucket{{le=\"+Inf\"}} 1\n")]
    [InlineData("# TYPE x summary\nx_sum{{a=\"z\"}} 1\n", "x_count{{a=\"{0}\"}} 1\n", "x_count{{a=\"z\"}} 1\n")]
    [InlineData("# HELP x ", "\\\\\\{0}", "\n")]
    [InlineData("", "x{0} 1\n", "x0 1\n")]
    public void TryParse_LongBody_TakesTimeInProportion(string start, string part, string end) => ThreadWork.AssertLinear(2_000, parts =>
    {
        string repeated = string.Concat(Enumerable.Range(0, parts).Select(i => Part(part, i)));
        byte[] body = Encoding.UTF8.GetBytes(Part(start, 0) + repeated + Part(end, 0) + "# EOF\n");
        return () => _ = OpenMetricsParser.TryParse(body, NameValidation.Legacy, out _, out _);
    });

    private static string Part(string format, int i) => format
        .Replace("{{", "{", StringComparison.Ordinal)
        .Replace("}}", "}", StringComparison.Ordinal)
        .Replace("{0}", i == 0 ? "0" : $"{i + 1_000_000}", StringComparison.Ordinal);
}
