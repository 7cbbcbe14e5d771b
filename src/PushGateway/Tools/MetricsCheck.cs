using PushGateway.CommandLine;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Hosting;
using PushGateway.Http.Push;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Tools;

/// <summary><c>check metrics</c>: whether a push would be taken, and what is unwise about it.</summary>
internal static class MetricsCheck
{
    /// <summary>As of promtool, so that scripts need not care which one they call.</summary>
    private const int HasProblems = 3;

    public static async Task<int> RunAsync(CliContext call)
    {
        if (!call.TryReadFlags(out GatewayOptions? options))
        {
            return CliContext.Failed;
        }
        var settings = PushSettings.Of(options, ClientTimeouts.Default);
        using var body = new BodyBuffer(settings.MaxBodyBytes);
        if (!await body.TryReadAllAsync(call.Input, timeout: null, CancellationToken.None))
        {
            return call.Refuse(LimitResponse.Of(LimitKind.BodySize).Describe(
                $"the metrics have more than {settings.MaxBodyBytes} bytes"));
        }
        BodyFormat format = settings.Names == NameValidation.Utf8 ? BodyFormat.Utf8Text : BodyFormat.LegacyText;
        if (!ParsedPush.TryParse(
                new PushBody(format, body.Written), settings.IsLenient, out ParsedPush? parsed, out PushError? error))
        {
            return call.Refuse(error.Message);
        }
        List<LintProblem> problems = MetricsLint.Find(parsed.Families);
        if (Push(parsed.Families, settings, OwnMetricDefinitions.ReservedWith(options)) is { } refusal)
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
    private static string? Push(
        List<MetricFamily> families, PushSettings settings, IReadOnlyList<ReservedFamily> reserved)
    {
        var command = new PushCommand(
            new GroupingKey([new Label("job", "check")]),
            PushMode.Replace,
            settings.Check,
            families,
            TimeProvider.System.GetUnixNanoseconds())
        {
            Limits = settings.Limits,
        };
        PushError? error = new GroupStore(reserved).Apply(command).Error;
        return error is null or { Limit: LimitKind.None } ? error?.Message : LimitResponse.Of(error.Limit).Describe(error.Message);
    }
}
