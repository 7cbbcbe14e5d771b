using System.IO.Pipelines;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using PushGateway.Core.Store.Merging;
using PushGateway.Core.Store.Output;
using Xunit;

namespace PushGateway.Core.Tests.Store;

/// <summary>A store for pushes of text. Each command is a second after the previous one. The first is at second 1.</summary>
internal sealed class TestStore(params ReservedFamily[] reserved)
{
    public const long Second = 1_000_000_000;

    public GroupStore Store { get; } = new(reserved);

    public NativeHistogramStyle NativeHistograms { get; init; }

    /// <summary>The second of the last push.</summary>
    public int Now { get; private set; }

    public static GroupingKey Key(string labels) => new(labels.Split(',')
        .Select(label => label.Split('='))
        .Select(parts => new Label(parts[0], parts[1])));

    public static List<MetricFamily> Parse(string body)
    {
        Assert.True(TextParser.TryParse(
            Encoding.UTF8.GetBytes(body), NameValidation.Utf8, out List<MetricFamily>? families, out PushError? error),
            $"{error}");
        return families!;
    }

    public CommandResult Put(string key, string body, PushCheck check = PushCheck.Checked) =>
        Push(key, PushMode.Replace, check, Parse(body));

    public CommandResult Post(string key, string body, PushCheck check = PushCheck.Checked) =>
        Push(key, PushMode.Merge, check, Parse(body));

    public CommandResult Push(string key, PushMode mode, PushCheck check, List<MetricFamily> families) =>
        Store.Apply(new PushCommand(Key(key), mode, check, families, ++Now * Second));

    /// <summary>A POST with the header Pushgateway-Merge.</summary>
    public CommandResult Merge(string rule, string key, string body, PushCheck check = PushCheck.Checked) =>
        Merge(rule, key, Parse(body), check);

    public CommandResult Merge(string rule, string key, List<MetricFamily> families, PushCheck check = PushCheck.Checked)
    {
        Assert.True(MergeRule.TryParse(rule, out MergeRule? merge));
        return Store.Apply(new PushCommand(Key(key), PushMode.Merge, check, families, ++Now * Second) { Merge = merge });
    }

    /// <summary>A push that must be accepted without a conflict of helps.</summary>
    public TestStore With(string key, string body)
    {
        CommandResult result = Put(key, body);
        Assert.Null(result.Error);
        Assert.Empty(result.HelpConflicts);
        return this;
    }

    public CommandResult Delete(string key) => Store.Apply(new DeleteCommand(Key(key)));

    /// <summary>The message of a push that must be rejected and change nothing but its group's timestamps.</summary>
    public string Refused(string key, string body, PushMode mode = PushMode.Replace)
    {
        string before = Scrape();
        CommandResult result = Push(key, mode, PushCheck.Checked, Parse(body));
        Assert.NotNull(result.Error);
        Assert.Equal(before, Scrape());
        return result.Error.Message;
    }

    public string[] RefusedList(string key, string body)
    {
        string[] lines = Refused(key, body).Split('\n');
        Assert.Equal($"{lines.Length - 1} error(s) occurred:", lines[0]);
        return [.. lines[1..].Select(line =>
        {
            Assert.StartsWith("* ", line, StringComparison.Ordinal);
            return line[2..];
        })];
    }

    /// <summary>The seconds of a group's last success and failure, as <c>2/1</c>; null without a group.</summary>
    public string? Stamps(string key)
    {
        MetricGroup? group = Store.Snapshot.Find(Key(key));
        return group is null
            ? null
            : $"{PushTimestamps.Read(group, PushTimestamps.Success)}/{PushTimestamps.Read(group, PushTimestamps.Failure)}";
    }

    public List<string> GatherErrors() => FullConsistencyCheck.FindErrors(Store.Snapshot, reserved);

    /// <summary>The exposition without the push times.</summary>
    public string Scrape() => string.Concat(ScrapeAll().SplitAfterLines()
        .Where(line => !line.Contains("push_time_seconds", StringComparison.Ordinal)
            && !line.Contains("push_failure_time_seconds", StringComparison.Ordinal)));

    public string ScrapeAll(
        ExpositionFormat format = ExpositionFormat.Text,
        NameEscaping escaping = NameEscaping.None,
        params MetricFamily[] own)
    {
        var exposition = new SnapshotExposition(Store.Snapshot.Families(), own, reserved, format, escaping)
        {
            NativeHistograms = NativeHistograms,
        };
        using var output = new MemoryStream();
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        exposition.WriteAsync(writer, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        writer.Complete();
        return Encoding.UTF8.GetString(output.ToArray());
    }
}

internal static class TextLines
{
    /// <summary>The lines with their newlines.</summary>
    public static IEnumerable<string> SplitAfterLines(this string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n");
}
