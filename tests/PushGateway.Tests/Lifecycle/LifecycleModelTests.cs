using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Lifecycle;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

/// <summary>Pushes, clocks, rules, deletions and restarts in any order, compared with a naive model.</summary>
public sealed class LifecycleModelTests : IDisposable
{
    private const string FlagTtl = "10m";

    private static readonly string[] Jobs = ["a", "b", "c", "d"];

    /// <summary>The rules of each file: the selector's jobs, time to live and expected interval in seconds.</summary>
    private static readonly (string Jobs, int? Ttl, int? Expect)[][] RuleSets =
    [
        [],
        [("a", 60, 30), ("a|b", 0, null)],
        [("b|c", 1200, 90), ("a", null, 300)],
    ];

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, from job in Gen.Elements(Jobs)
            from ttl in Gen.Elements<int?>(null, null, 0, 30, 900)
            from expect in Gen.Elements<int?>(null, null, 0, 45, 600)
            select new Step(StepKind.Push, job, ttl, expect)),
        (2, Gen.Elements(Jobs).Select(job => new Step(StepKind.Reject, job))),
        (1, Gen.Elements(Jobs).Select(job => new Step(StepKind.Garble, job))),
        (5, Gen.Elements(1, 29, 30, 31, 60, 300, 600, 1200).Select(seconds => new Step(StepKind.Advance, Number: seconds))),
        (1, Gen.Elements(-300, -1, 45, 3600).Select(seconds => new Step(StepKind.SetClock, Number: seconds))),
        (2, Gen.Choose(0, RuleSets.Length - 1).Select(set => new Step(StepKind.Reload, Number: set))),
        (1, Gen.Elements(Jobs).Select(job => new Step(StepKind.Delete, job))),
        (1, Gen.Constant(new Step(StepKind.DeleteLate))),
        (1, Gen.Constant(new Step(StepKind.Wipe))),
        (1, Gen.Constant(new Step(StepKind.Restart))));

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private enum StepKind
    {
        Push,
        Reject,
        Garble,
        Advance,
        SetClock,
        Reload,
        Delete,
        DeleteLate,
        Wipe,
        Restart,
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnySteps_LeadToWhatTheModelSays() => Prop
        .ForAll(Steps.ListOf(25).ToArbitrary(), steps => RunAsync([.. steps]).GetAwaiter().GetResult())
        .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private async Task RunAsync(IReadOnlyList<Step> steps)
    {
        string file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        var time = new ManualTime();
        var model = new Model();
        RunningGateway gateway = await StartAsync(time, file, ruleSet: 0);
        try
        {
            foreach (Step step in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
                if (step.Kind == StepKind.Restart)
                {
                    await gateway.DisposeAsync();
                    gateway = await StartAsync(time, file, model.RuleSet);
                    model.Restart();
                }
                else
                {
                    await DoAsync(gateway, time, step);
                    model.Do(step, Seconds(time));
                }
                await gateway.Services.GetRequiredService<ExpiryService>().ExpireDueAsync();
                model.Expire(Seconds(time));

                Assert.Equal(model.Describe(Seconds(time)), await DescribeAsync(gateway));
            }
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }

    private static async Task<RunningGateway> StartAsync(ManualTime time, string file, int ruleSet)
    {
        await File.WriteAllTextAsync($"{file}.yml", RulesOf(ruleSet));
        return await RunningGateway.StartAsync(
            time,
            $"--persistence.file={file}",
            $"--lifecycle.config.file={file}.yml",
            $"--push.ttl={FlagTtl}",
            "--web.enable-admin-api");
    }

    private static async Task DoAsync(RunningGateway gateway, ManualTime time, Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Push:
                string[] headers =
                [
                    .. step.Ttl is { } ttl ? [$"Pushgateway-TTL: {ttl}s"] : (string[])[],
                    .. step.Expect is { } expect ? [$"Pushgateway-Expect: {expect}s"] : (string[])[],
                ];
                Assert.Equal(200, (await gateway.SendAsync("POST", $"/metrics/job/{step.Job}", "x 1\n", headers)).Status);
                break;
            case StepKind.Reject:
                Assert.Equal(400, (await gateway.SendAsync("POST", $"/metrics/job/{step.Job}", "x 1 2\n")).Status);
                break;
            case StepKind.Garble:
                Assert.Equal(400, (await gateway.SendAsync("PUT", $"/metrics/job/{step.Job}", "no body\n")).Status);
                break;
            case StepKind.Advance:
                time.Advance(TimeSpan.FromSeconds(step.Number));
                break;
            case StepKind.SetClock:
                time.Set(TimeSpan.FromSeconds(step.Number));
                break;
            case StepKind.Reload:
                Apply(gateway, step.Number);
                break;
            case StepKind.Delete:
                Assert.Equal(202, (await gateway.SendAsync("DELETE", $"/metrics/job/{step.Job}")).Status);
                break;
            case StepKind.DeleteLate:
                Assert.Equal(200, (await gateway.SendAsync("DELETE", "/api/v1/groups?state=late")).Status);
                break;
            default:
                Assert.Equal(202, (await gateway.SendAsync("PUT", "/api/v1/admin/wipe")).Status);
                break;
        }
    }

    private static void Apply(RunningGateway gateway, int ruleSet)
    {
        Assert.True(LifecycleDocument.TryParse(RulesOf(ruleSet), out LifecycleDocument? document, out string? error), error);
        gateway.Services.GetRequiredService<GroupLifecycle>().Apply(document);
    }

    private static string RulesOf(int ruleSet) =>
        "rules:" + string.Concat(RuleSets[ruleSet].Select(rule =>
            $"\n- match: '{{job=~\"{rule.Jobs}\"}}'"
            + (rule.Ttl is { } ttl ? $"\n  ttl: {ttl}s" : "")
            + (rule.Expect is { } expect ? $"\n  expect: {expect}s" : ""))) + "\n";

    /// <summary>What the API and the scrape show of each group.</summary>
    private static async Task<string[]> DescribeAsync(RunningGateway gateway)
    {
        using var list = JsonDocument.Parse((await gateway.SendAsync("GET", "/api/v1/groups")).Body);
        IEnumerable<string> groups = list.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().Select(group =>
            $"{group.GetProperty("labels").GetProperty("job").GetString()} ttl={Number(group, "ttl")}"
            + $" expires={Number(group, "expires")} expect={Number(group, "expected_interval")} late={group.GetProperty("late").GetRawText()}");
        IEnumerable<string> up = (await gateway.SendAsync("GET", "/metrics")).Body.Split('\n')
            .Where(line => line.StartsWith("push_up{", StringComparison.Ordinal))
            .Select(line => $"up {line.Split('"')[3]} {line[^1]}");
        return [.. groups, .. up];

        static string Number(JsonElement group, string name) =>
            group.GetProperty(name).ValueKind == JsonValueKind.Null ? "-" : Show(group.GetProperty(name).GetDouble());
    }

    private static string Show(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static double Seconds(ManualTime time) => time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    /// <param name="Number">Seconds, or the set of rules.</param>
    private sealed record Step(StepKind Kind, string Job = "", int? Ttl = null, int? Expect = null, int Number = 0);

    private sealed class Model
    {
        private readonly SortedDictionary<string, Group> _groups = new(StringComparer.Ordinal);

        public int RuleSet { get; private set; }

        public void Do(Step step, double now)
        {
            switch (step.Kind)
            {
                case StepKind.Push:
                    double failedAt = _groups.TryGetValue(step.Job, out Group? before) ? before.FailedAt : 0;
                    _groups[step.Job] = new Group(step.Ttl, step.Expect) { PushedAt = now, SucceededAt = now, FailedAt = failedAt };
                    break;
                case StepKind.Reject:
                    _groups.TryAdd(step.Job, new Group(null, null) { PushedAt = now });
                    _groups[step.Job].FailedAt = now;
                    _groups[step.Job].IsRejected = true;
                    break;
                case StepKind.Garble when _groups.TryGetValue(step.Job, out Group? group):
                    group.IsRejected = true;
                    break;
                case StepKind.Reload:
                    RuleSet = step.Number;
                    break;
                case StepKind.Delete:
                    _groups.Remove(step.Job);
                    break;
                case StepKind.DeleteLate:
                    RemoveWhere((job, group) => IsLate(job, group, now) == true);
                    break;
                case StepKind.Wipe:
                    _groups.Clear();
                    break;
            }
        }

        /// <summary>Only the failure time tells of a rejection then.</summary>
        public void Restart()
        {
            foreach (Group group in _groups.Values)
            {
                group.IsRejected = false;
            }
        }

        public void Expire(double now) =>
            RemoveWhere((job, group) => TtlOf(job, group) is { } ttl && group.PushedAt + ttl <= now);

        public string[] Describe(double now) =>
        [
            .. _groups.Select(one =>
                $"{one.Key} ttl={Show(TtlOf(one.Key, one.Value))} expires={Show(one.Value.PushedAt + TtlOf(one.Key, one.Value))}"
                + $" expect={Show(ExpectOf(one.Key, one.Value))} late={IsLate(one.Key, one.Value, now)?.ToString().ToLowerInvariant() ?? "null"}"),
            .. _groups.Where(one => ExpectOf(one.Key, one.Value) is not null)
                .Select(one => $"up {one.Key} {(IsLate(one.Key, one.Value, now) == true ? 0 : 1)}"),
        ];

        private static string Show(double? seconds) => seconds is { } value ? LifecycleModelTests.Show(value) : "-";

        private bool? IsLate(string job, Group group, double now) => ExpectOf(job, group) is { } interval
            ? group.IsRejected || group.SucceededAt <= group.FailedAt || Math.Round(now - group.PushedAt, 3) > interval
            : null;

        private double? TtlOf(string job, Group group) =>
            (group.Ttl ?? RuleOf(job)?.Ttl ?? 600) is > 0 and var ttl ? ttl : null;

        private double? ExpectOf(string job, Group group) =>
            (group.Expect ?? RuleOf(job)?.Expect ?? 0) is > 0 and var expect ? expect : null;

        private (string Jobs, int? Ttl, int? Expect)? RuleOf(string job)
        {
            foreach ((string Jobs, int? Ttl, int? Expect) rule in RuleSets[RuleSet])
            {
                if (rule.Jobs.Split('|').Contains(job))
                {
                    return rule;
                }
            }
            return null;
        }

        private void RemoveWhere(Func<string, Group, bool> isGone)
        {
            foreach (string job in _groups.Where(one => isGone(one.Key, one.Value)).Select(one => one.Key).ToList())
            {
                _groups.Remove(job);
            }
        }

        private sealed record Group(int? Ttl, int? Expect)
        {
            /// <summary>Of the last accepted push, or of the first rejected one.</summary>
            public double PushedAt { get; set; }

            public double SucceededAt { get; set; }

            public double FailedAt { get; set; }

            public bool IsRejected { get; set; }
        }
    }
}
