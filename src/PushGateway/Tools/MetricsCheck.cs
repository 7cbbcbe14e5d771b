using PushGateway.CommandLine;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store.Consistency;
using PushGateway.Http;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Tools;

/// <summary>
/// <c>check metrics</c>: checks whether a push would be accepted, and reports violations of the naming conventions.
/// </summary>
internal static class MetricsCheck
{
    /// <summary>The same exit code as promtool, so that scripts work with either.</summary>
    private const int HasProblems = 3;

    /// <summary>The group that the metrics are pushed to.</summary>
    private static readonly GroupingKey Key = new([new Label("job", "x")]);

    public static async Task<int> RunAsync(CliContext context)
    {
        string[] arguments = context.Arguments;
        if (MetricsFormat.TryTake(ref arguments, out string format) is { } fault)
        {
            return context.Fail(fault);
        }
        context = context with { Arguments = arguments };
        if (!context.TryReadFlags(out GatewayOptions? options))
        {
            return CliContext.Failed;
        }
        var settings = PushSettings.Of(options, ClientTimeouts.Default);
        using var body = new BodyBuffer(settings.MaxBodyBytes);
        bool isRead;
        try
        {
            isRead = await body.TryReadAllAsync(context.OpenInput(), timeout: null, CancellationToken.None);
        }
        catch (IOException exception)
        {
            // For example a directory: check metrics < FOLDER.
            return context.Fail($"cannot read the metrics: {exception.Message}");
        }
        if (!isRead)
        {
            return context.Fail(LimitResponse.Of(LimitKind.BodySize).Describe(
                $"the metrics have more than {settings.MaxBodyBytes} bytes"));
        }
        var sent = new PushBody(MetricsFormat.Of(format, settings.Names), body.Join());
        BodyLimits limits = settings.Limits.OfBody(Key);
        if (!ParsedPush.TryParse(sent, settings.IsLenient, limits, out ParsedPush? parsed, out PushError? error))
        {
            return context.Fail(Describe(error));
        }
        List<string> problems =
            [.. MetricsLint.Find(parsed.Families).Select(problem => problem.ToString()), .. FindLosses(parsed.Families)];
        var own = new GatewayMetrics(options, BuildInfo.Current, TimeProvider.System);
        if (Push(parsed.Families, settings, own.Reserved) is { } rejection)
        {
            return context.Fail(rejection);
        }
        foreach (string problem in problems)
        {
            await context.Errors.WriteAsync($"{problem}\n");
        }
        return problems.Count == 0 ? 0 : HasProblems;
    }

    /// <summary>Warnings about data that a push would not store.</summary>
    private static IEnumerable<string> FindLosses(List<MetricFamily> families)
    {
        foreach (MetricFamily family in families.Where(family => family.Metrics.Exists(metric => !metric.HasSample)))
        {
            string label = family.Type == MetricType.Summary ? "quantile" : "le";
            yield return new LintProblem(family.Name, $"has a sample without {label}, of which nothing is stored").ToString();
        }
        if (!families.Exists(family => family.Metrics.Exists(metric => metric.HasSample)))
        {
            yield return "no sample: a push of this is accepted, and stores nothing";
        }
    }

    /// <summary>Pushes the families to an empty store. Returns the reason for a rejection, or null.</summary>
    private static string? Push(
        List<MetricFamily> families, PushSettings settings, IReadOnlyList<ReservedFamily> reserved)
    {
        var command = new PushCommand(
            Key,
            PushMode.Replace,
            settings.Check,
            families,
            TimeProvider.System.GetUnixNanoseconds())
        {
            Limits = settings.Limits,
        };
        CommandResult result = new GroupStore(reserved).Apply(command);
        return result.Error is null ? null : Describe(result.Error) + result.ConflictHint;
    }

    private static string Describe(PushError error) =>
        error.Limit == LimitKind.None ? error.MessageWithHint : LimitResponse.Of(error.Limit).Describe(error.Message);
}
