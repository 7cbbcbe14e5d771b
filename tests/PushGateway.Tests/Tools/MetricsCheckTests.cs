using System.Text;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Tools;

/// <summary>pushgateway check metrics</summary>
public sealed class MetricsCheckTests
{
    /// <summary>A pushed body and the warnings about it, one a line.</summary>
    public static TheoryData<string, string> Lints() => new()
    {
        { "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n", "" },
        { "# HELP a_seconds A.\n# TYPE a_seconds histogram\na_seconds_bucket{le=\"+Inf\"} 1\na_seconds_sum 1\na_seconds_count 1\n", "" },
        { "# HELP a_seconds A.\n# TYPE a_seconds summary\na_seconds{quantile=\"0.5\"} 1\na_seconds_sum 1\na_seconds_count 1\n", "" },
        { "# HELP a_count A.\na_count{le=\"x\",quantile=\"y\"} 1\n", "" }, // untyped
        { "# HELP a \na 1\n", "a: has no help" }, // none that says anything
        { "a 1\n", "a: has no help" },
        { "# HELP a A.\n# TYPE a counter\na 1\n", "a: is a counter, whose name ends in _total by convention" },
        { "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n", "a_total: ends in _total, which is for counters" },
        { "# HELP a_bucket A.\n# TYPE a_bucket gauge\na_bucket 1\n", "a_bucket: ends in _bucket, which is for series of histograms" },
        { "# HELP a_count A.\n# TYPE a_count gauge\na_count 1\n", "a_count: ends in _count, which is for series of histograms and summaries" },
        { "# HELP a_sum A.\n# TYPE a_sum gauge\na_sum 1\n", "a_sum: ends in _sum, which is for series of histograms and summaries" },
        { "# HELP a A.\n# TYPE a gauge\na{le=\"1\"} 1\na{le=\"2\"} 1\n", "a: has a label \"le\", which is for histograms" },
        { "# HELP a A.\n# TYPE a gauge\na{quantile=\"1\"} 1\n", "a: has a label \"quantile\", which is for summaries" },
        { "# HELP a_milliseconds A.\na_milliseconds 1\n", "a_milliseconds: is in milliseconds, where the base unit seconds is expected" },
        { "# HELP a_days_old A.\na_days_old 1\n", "a_days_old: is in days, where the base unit seconds is expected" },
        { "# HELP a_kilobytes A.\na_kilobytes 1\n", "a_kilobytes: is in kilobytes, where the base unit bytes is expected" },
        { "# HELP a_centimetres A.\na_centimetres 1\n", "a_centimetres: is in centimetres, where the base unit metres is expected" },
        { "# HELP a_metres A.\na_metres 1\n", "" },
        { "# HELP a_ms_max A.\na_ms_max 1\n", "a_ms_max: has a part \"ms\", which looks like a unit cut short: write units out" },
        { "# HELP a_MB A.\na_MB 1\n", "a_MB: has a part \"mb\", which looks like a unit cut short: write units out" },
        { "# HELP ms A.\nms 1\n", "" },
        { "# HELP a_gauge A.\na_gauge 1\n", "a_gauge: has its type in its name: \"gauge\"" },
        { "# HELP a_Counter_x A.\na_Counter_x 1\n", "a_Counter_x: has its type in its name: \"counter\"" },
        { "# HELP a:b A.\na:b 1\n", "a:b: has a colon in its name, which is for recording rules" },
        { "# HELP aB A.\naB 1\n", "aB: is in camelCase: use snake_case" },
        { "# HELP a A.\na{bC=\"1\"} 1\n", "a: has a label \"bC\" in camelCase: use snake_case" },
        { "b 1\na{bC=\"1\"} 1\n", "a: has a label \"bC\" in camelCase: use snake_case\na: has no help\nb: has no help" },
    };

    [Theory]
    [MemberData(nameof(Lints))]
    public async Task Check_MetricsThatAPushTakes_ToldWhatIsUnwise(string metrics, string problems)
    {
        ToolRun run = await RunAsync(metrics);

        Assert.Equal(
            (problems.Length == 0 ? 0 : 3, "", problems.Length == 0 ? "" : problems + "\n"),
            (run.ExitCode, run.Output, run.Errors));
    }

    /// <summary>As many problems with the same metrics, and the same exit codes.</summary>
    [Theory]
    [MemberData(nameof(Lints))]
    public async Task Check_ComparedWithPromtool_FindsAsMuch(string metrics, string problems)
    {
        string promtool = EndToEnd.Processes.Tool.PathOrSkip("promtool", "prometheus");

        ToolResult theirs = await ChildProcess.RunAsync(
            "/bin/sh", ["-c", "printf %s \"$METRICS\" | \"$PROMTOOL\" check metrics"], ("METRICS", metrics), ("PROMTOOL", promtool));

        Assert.Equal(problems.Length == 0 ? 0 : 3, theirs.ExitCode);
        Assert.Equal(
            problems.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]),
            theirs.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(line => line.Split(' ')[0]));
    }

    /// <summary>Promtool says nothing about these.</summary>
    [Theory]
    [InlineData("", "no sample: a push of this is accepted, and stores nothing\n")]
    [InlineData("# HELP a 1 b 2\n", "no sample: a push of this is accepted, and stores nothing\n")]
    [InlineData(
        "# HELP a_seconds A.\n# TYPE a_seconds summary\na_seconds 1\n",
        "a_seconds: has a sample without quantile, of which nothing is stored\nno sample: a push of this is accepted, and stores nothing\n")]
    [InlineData(
        "# HELP a_seconds A.\n# TYPE a_seconds histogram\na_seconds_bucket 1\n# HELP b B.\nb 1\n",
        "a_seconds: has a sample without le, of which nothing is stored\n")]
    public async Task Check_WithoutSamples_IsUnwise(string metrics, string problems)
    {
        ToolRun run = await RunAsync(metrics);

        Assert.Equal((3, "", problems), (run.ExitCode, run.Output, run.Errors));
    }

    /// <summary>Promtool of Debian 12 does not know this one yet.</summary>
    [Fact]
    public async Task Check_TimestampThatIsNoGauge_IsUnwise()
    {
        ToolRun run = await RunAsync(
            "# HELP a_timestamp_seconds A.\n# TYPE a_timestamp_seconds summary\na_timestamp_seconds_sum 1\na_timestamp_seconds_count 1\n");

        Assert.Equal((3, "a_timestamp_seconds: ends in _timestamp_seconds, which is for gauges\n"), (run.ExitCode, run.Errors));
    }

    [Theory]
    [InlineData("text format parsing error in line 2: ", "a 1\nb{ 1\n")]
    [InlineData("text format parsing error in line 1: ", "a 1")]
    [InlineData("text format parsing error in line 1: ", "a 1\r\n")]
    [InlineData("text format parsing error in line 1: ", "\u0000\u0001\u0002\n")]
    [InlineData("pushed metrics must not have timestamps", "a 1 1700000000000\n")]
    [InlineData("collected metric ", "a{b=\"1\"} 1\na{b=\"1\"} 2\n")] // twice
    [InlineData("the push has 2 series, and at most 1 are allowed (--push.max-series)", "a{b=\"1\"} 1\na{b=\"2\"} 2\n", "--push.max-series=1")]
    [InlineData("the metrics have more than 3 bytes (--push.max-body-size)", "a 1\n", "--push.max-body-size=3")]
    public async Task Check_MetricsThatAPushRefuses_EndsWith1AndTheReason(string reason, string metrics, params string[] flags)
    {
        ToolRun run = await RunAsync(metrics, flags);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"prog: error: {reason}", run.Errors);
    }

    [Theory]
    [InlineData("a 1\r\n", "lines end in CR LF: end them in LF")]
    [InlineData("a 1 1700000000000\n", "a sample has a timestamp: leave it out")]
    public async Task Check_CommonMistake_HasAHint(string metrics, string hint)
    {
        ToolRun run = await RunAsync(metrics);

        Assert.EndsWith($"\nhint: {hint}; --push.lenient accepts this\n", run.Errors);
        Assert.Equal(2, run.Errors.Count(c => c == '\n'));
    }

    /// <summary>As <c>check metrics &lt; FOLDER</c>.</summary>
    [Fact]
    public async Task Check_InputThatCannotBeRead_EndsWith1AndTheReason()
    {
        ToolRun run = await ToolRun.OfAsync(() => new UnreadableStream(), "check", "metrics");

        Assert.Equal(new ToolRun(1, "", "prog: error: cannot read the metrics: Is a directory\n"), run);
    }

    [Fact]
    public async Task Check_NameOfTheGateways_IsRefusedAsByTheGateway()
    {
        ToolRun run = await RunAsync("# TYPE pushgateway_build_info counter\npushgateway_build_info 1\n");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith(
            "gathered metric family pushgateway_build_info has type COUNTER but should have GAUGE\n"
            + "clashes with the gateway's own metrics\n",
            run.Errors);
    }

    [Fact]
    public async Task Check_Utf8Names_AreTakenWithTheFlagAndShownInOneLine()
    {
        const string metrics = "{\"a\\nb\"} 1\n";

        ToolRun without = await RunAsync(metrics);
        ToolRun with = await RunAsync(metrics, "--push.enable-utf8-names");

        Assert.Equal(1, without.ExitCode);
        Assert.Equal((3, "\"a\\nb\": has no help\n"), (with.ExitCode, with.Errors));
    }

    [Fact]
    public async Task Check_WhatALenientGatewayForgives_IsForgivenWithTheFlag()
    {
        const string metrics = "# HELP a Any.\r\n# TYPE a gauge\r\na 1 1700000000000";

        ToolRun without = await RunAsync(metrics);
        ToolRun with = await RunAsync(metrics, "--push.lenient");

        Assert.Equal(1, without.ExitCode);
        Assert.Equal((0, ""), (with.ExitCode, with.Errors));
    }

    [Theory]
    [InlineData("# HELP a A.\n# TYPE a counter\na_total 1\n# EOF\n", "--format=openmetrics", 0, "")]
    [InlineData("# TYPE a counter\na_total 1\n# EOF\n", "--format openmetrics", 3, "a_total: has no help\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1\n", "--format=text", 0, "")]
    [InlineData("a 1\n", "--format=openmetrics --push.lenient", 1,
        "openmetrics format parsing error in line 2, column 1: expected \"# EOF\" at the end of the body\n")]
    [InlineData("a 1 5\n# EOF\n", "--format=openmetrics --push.lenient", 3, "a: has no help\n")]
    [InlineData("\u0015\n\u0001a\u0012\u0001A\u0018\u0003\"\u000b*\t\t\0\0\0\0\0\0\0\0", "--format=protobuf", 0, "")]
    [InlineData("a 1\n", "--format=protobuf", 1, null)]
    [InlineData("a 1\n", "--format=json", 1, "enum value must be one of text,openmetrics,protobuf, got 'json'\n")]
    [InlineData("a 1\n", "--format", 1, "expected argument for flag '--format'\n")]
    [InlineData("a 1\n", "--formats=text", 1, null)]
    public async Task Check_OfAFormat_IsThatOfAPush(string metrics, string flags, int exitCode, string? errors)
    {
        ToolRun run = await RunAsync(metrics, flags.Split(' '));

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.EndsWith(errors ?? "\n", run.Errors, StringComparison.Ordinal);
        Assert.Equal(errors?.Length == 0, run.Errors.Length == 0);
    }

    /// <summary>The job that it pushes as is its own, and no fault of the metrics.</summary>
    [Fact]
    public async Task Check_SmallestValueLimit_IsNotExceededByTheJob()
    {
        ToolRun run = await RunAsync("# HELP a Any.\n# TYPE a gauge\na 1\n", "--push.max-value-length=1");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    /// <summary>Random bytes, with and without the start of something that is right.</summary>
    [Fact]
    public async Task Check_Garbage_EndsWith1()
    {
        var random = new Random(7);
        for (int i = 0; i < 200; i++)
        {
            byte[] garbage = new byte[random.Next(1, 2000)];
            random.NextBytes(garbage);
            byte[] start = i % 2 == 0 ? [] : "a{b=\"c\"} 1\n"u8.ToArray();

            ToolRun run = await ToolRun.OfAsync([.. start, 0xff, .. garbage], "check", "metrics");

            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.StartsWith("prog: error: text format parsing error in line ", run.Errors);
        }
    }

    private static Task<ToolRun> RunAsync(string metrics, params string[] flags) =>
        ToolRun.OfAsync(Encoding.UTF8.GetBytes(metrics), ["check", "metrics", .. flags]);

    private sealed class UnreadableStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Is a directory");
    }
}
