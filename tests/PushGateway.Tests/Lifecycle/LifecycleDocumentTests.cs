using PushGateway.Lifecycle;
using Xunit;

namespace PushGateway.Tests.Lifecycle;

public sealed class LifecycleDocumentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("rules:\n")]
    [InlineData("rules: []\n")]
    public void TryParse_NoRules_AreNone(string text) => Assert.Empty(Parse(text).Rules);

    [Fact]
    public void TryParse_All_IsRead()
    {
        LifecycleDocument document = Parse(
            """
            rules:
              - match: '{job=~"nightly-.*"}'
                ttl: 48h
                expect: 26h
                required: [{job: nightly-db, instance: db-1}, {job: nightly-web}]
              - match: '{job="ci"}'
                ttl: 0
                max_groups: 500
                max_series: 10000
                merge: sum, gauges=max
              - match: '{job=~".+"}'
            """);

        Assert.Equal(
            [
                "{job=~\"nightly-.*\"}: 48:00 26:00 {instance=\"db-1\",job=\"nightly-db\"} {job=\"nightly-web\"} 0 0",
                "{job=\"ci\"}: 0:00 -  500 10000 sum, gauges=max",
                "{job=~\".+\"}: - -  0 0",
            ],
            document.Rules.Select(Describe));
    }

    [Theory]
    [InlineData("x: 1", "line 1: unknown key \"x\"")]
    [InlineData("rules: 1", "line 1: rules has to be a list")]
    [InlineData("rules: [1]", "line 1: rules has to hold keys and values")]
    [InlineData("rules: [{}]", "line 1: match has to be a selector such as '{job=~\"nightly-.*\"}', in quotes: 1:1: parse error: ")]
    [InlineData("rules:\n- match: '{job='", "line 2: match has to be a selector such as '{job=~\"nightly-.*\"}', in quotes: ")]
    [InlineData("rules:\n- match: up", "line 2: match matches only the labels of the URL, which have no metric name")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  ttl: soon", "line 3: ttl is not a duration such as 15m, 1d12h or 0: \"soon\"")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  expect: 0s", "line 3: expect has to be longer than 0")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  max_groups: 0", "line 3: max_groups has to be a number of at least 1, not \"0\"")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  max_series: many", "line 3: max_series has to be a number of at least 1, not \"many\"")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  merge: add", "line 3: merge has to be family, series, sum, or sum, gauges=max (or min, sum, last), not \"add\"")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  tll: 1h", "line 3: unknown key \"tll\" in rules")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  required: [{job: a}]", "line 3: required needs expect in the same rule: how often the jobs should push")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  expect: 1h\n  required: [{instance: a}]", "line 4: required {instance=\"a\"} has no job")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  expect: 1h\n  required: [{job: a, __x: a}]", "line 4: required {__x=\"a\",job=\"a\"} has the improper label name __x")]
    [InlineData("rules:\n- match: '{job=\"b\"}'\n  expect: 1h\n  required:\n  - job: b\n  - job: a", "line 6: required {job=\"a\"} is not matched by the rule")]
    [InlineData("rules:\n- match: '{job=\"a\"}'\n- match: '{job!=\"\"}'\n  expect: 1h\n  required: [{job: a}]", "line 5: required {job=\"a\"} is matched by {job=\"a\"} before")]
    [InlineData("rules:\n- match: '{job!=\"\"}'\n  expect: 1h\n  required:\n  - job: a\n  - job: a", "line 6: required {job=\"a\"} is listed twice")]
    public void TryParse_Mistake_IsNamedWithItsLine(string text, string expected)
    {
        Assert.False(LifecycleDocument.TryParse(text, out _, out string? error));

        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_SeveralMistakes_AreAllNamed()
    {
        Assert.False(LifecycleDocument.TryParse(
            "rules:\n- match: '{job!=\"\"}'\n  ttl: x\n  max_groups: y\n- match: 'x'\n", out _, out string? error));

        Assert.Equal(
            "line 3: ttl is not a duration such as 15m, 1d12h or 0: \"x\"; "
            + "line 4: max_groups has to be a number of at least 1, not \"y\"; "
            + "line 5: match matches only the labels of the URL, which have no metric name",
            error);
    }

    private static LifecycleDocument Parse(string text)
    {
        Assert.True(LifecycleDocument.TryParse(text, out LifecycleDocument? document, out string? error), error);
        return document;
    }

    private static string Describe(LifecycleRule rule) =>
        $"{rule}: {Show(rule.TimeToLive)} {Show(rule.ExpectedInterval)} {string.Join(' ', rule.Required)}"
        + $" {rule.MaxGroups} {rule.MaxSeries} {rule.Merge}".TrimEnd();

    private static string Show(TimeSpan? time) => time is { } span ? $"{(int)span.TotalHours}:{span.Minutes:d2}" : "-";
}
