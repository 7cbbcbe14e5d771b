using PushGateway.Core.Parsing;

namespace PushGateway.Tools;

/// <summary>The <c>--format</c> of <c>check metrics</c>, which corresponds to the Content-Type of a push.</summary>
internal static class MetricsFormat
{
    private const string Flag = "--format";
    private const string Text = "text";
    private const string OpenMetrics = "openmetrics";
    private const string Protobuf = "protobuf";

    /// <summary>Removes the flag from the arguments.</summary>
    /// <param name="arguments">The other arguments, which are flags of the server.</param>
    /// <returns>An error of the flag, or null.</returns>
    public static string? TryTake(ref string[] arguments, out string format)
    {
        format = Text;
        List<string> rest = [.. arguments];
        int at = rest.FindLastIndex(argument => argument == Flag || argument.StartsWith(Flag + "=", StringComparison.Ordinal));
        if (at < 0)
        {
            return null;
        }
        bool isJoined = rest[at] != Flag;
        if (!isJoined && at + 1 == rest.Count)
        {
            return $"expected argument for flag '{Flag}'";
        }
        format = isJoined ? rest[at][(Flag.Length + 1)..] : rest[at + 1];
        rest.RemoveRange(at, isJoined ? 1 : 2);
        arguments = [.. rest];
        return format is Text or OpenMetrics or Protobuf
            ? null
            : $"enum value must be one of {Text},{OpenMetrics},{Protobuf}, got '{format}'";
    }

    public static BodyFormat Of(string format, NameValidation names) => format == Protobuf
        ? BodyFormat.DelimitedProtobuf
        : PushBody.FormatOf(format == OpenMetrics, names);
}
