using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Http;
using PushGateway.Telemetry;

namespace PushGateway.Tools;

/// <summary><c>check metrics</c>: whether a push would be taken, and what is unwise about it.</summary>
internal static class MetricsCheck
{
    /// <summary>As of promtool, so that scripts need not care which one they call.</summary>
    private const int HasProblems = 3;

    public static async Task<int> RunAsync(ToolCall call)
    {
        if (!call.TryReadFlags(out GatewayOptions? options))
        {
            return ToolCall.Failed;
        }
        using var body = new BodyBuffer(options.MaxBodySize.Bytes);
        if (!await body.TryReadAllAsync(call.Input, pace: null, CancellationToken.None))
        {
            return call.Refuse(LimitAnswer.Of(PushLimit.BodySize).Describe(
                $"the metrics have more than {options.MaxBodySize.Bytes} bytes"));
        }
        NameValidation names = options.EnableUtf8Names ? NameValidation.Utf8 : NameValidation.Legacy;
        if (!TextParser.TryParse(body.Written, names, out List<MetricFamily>? families, out PushError? error))
        {
            return call.Refuse(error.Message);
        }
        List<LintProblem> problems = MetricsLint.Find(families);
        if (Push(families, options) is { } refusal)
        {
            return call.Refuse(refusal);
        }
        foreach (LintProblem problem in problems)
        {
            await call.Errors.WriteAsync($"{problem}\n");
        }
        return problems.Count == 0 ? 0 : HasProblems;
    }

    /// <summary>Pushes them to an empty store. Gives the reason why it would not take them, or null.</summary>
    private static string? Push(List<MetricFamily> families, GatewayOptions options)
    {
        var limits = new PushLimits(
            options.MaxSeries.Count, options.MaxLabels.Count, options.MaxNameLength.Bytes, options.MaxValueLength.Bytes);
        PushCheck check = options.DisableConsistencyCheck ? PushCheck.Unchecked : PushCheck.Checked;
        var command = new PushCommand(
            new GroupingKey([new Label("job", "check")]), PushMode.Replace, check, families, TimeProvider.System.GetUnixNanoseconds())
        {
            Limits = limits,
        };
        PushError? error = new GroupStore(FamilyCatalogue.ReservedWith(options)).Apply(command).Error;
        return error is null or { Limit: PushLimit.None } ? error?.Message : LimitAnswer.Of(error.Limit).Describe(error.Message);
    }
}
