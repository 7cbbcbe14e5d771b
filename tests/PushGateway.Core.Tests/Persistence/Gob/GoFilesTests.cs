using System.Globalization;
using System.Text;
using System.Text.Json;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Files that the Go Pushgateway has written.</summary>
public class GoFilesTests
{
    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    public void Read_FileOfGo_GivesItsScrape(string version) => Assert.Equal(
        Encoding.UTF8.GetString(Fixture.Scrape(version)), Snapshots.Scrape(Snapshots.Read(Fixture.File(version))));

    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    public void Read_FileOfGo_GivesTheGroupsAndTimesOfItsJson(string version)
    {
        IEnumerable<string> read = Snapshots.Read(Fixture.File(version)).SelectMany(group =>
            group.Families.Select(family => $"{ShownLabels(group)} {family.Family.Name} {family.PushedAt}"));

        Assert.Equal(FamiliesOfJson(Fixture.Json(version)).Order(), read.Order());
    }

    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    public void Read_FileOfGo_HasNothingUnreadOrAdded(string version) =>
        Assert.All(Snapshots.Read(Fixture.File(version)), group =>
        {
            Assert.Empty(group.Unreadable);
            Assert.Empty(group.Extra);
        });

    [Fact]
    public void Read_NativeHistogram_HasWhatTheTextFormCannotShow()
    {
        MetricFamily family = Snapshots.Read(Fixture.File(Fixture.Go111))
            .SelectMany(group => group.Families)
            .Single(family => family.Family.Name == new Utf8String("native_seconds")).Family;

        Histogram histogram = Assert.Single(family.Metrics).Histogram!;
        Assert.Equal(3, histogram.Schema);
        Assert.Equal(0.001, histogram.ZeroThreshold);
        Assert.Equal([new(0, 3), new(2, 1)], histogram.Positive!.Spans);
        Assert.Equal([1, 1, -1, 1], histogram.Positive.Deltas);
    }

    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    public void Write_GroupsOfGo_KeepsThemBitByBit(string version)
    {
        List<PersistedGroup> groups = Snapshots.Read(Fixture.File(version));

        List<PersistedGroup> again = Snapshots.Read(Snapshots.Write(groups));

        Assert.Equal(groups.Select(Snapshots.Describe), again.Select(Snapshots.Describe));
    }

    [Theory]
    [InlineData(Fixture.Go15)]
    [InlineData(Fixture.Go111)]
    public void Write_GroupsOfGo_SendsTheSameMessagesOfFamilies(string version)
    {
        byte[] file = Fixture.File(version);

        byte[] again = Snapshots.Write(Snapshots.Read(file));

        Assert.All(Snapshots.Read(file).SelectMany(group => group.Families), family =>
        {
            byte[] message = ProtobufExposition.Encode(family.Family);
            Assert.True(file.AsSpan().IndexOf(message) >= 0);
            Assert.True(again.AsSpan().IndexOf(message) >= 0);
        });
    }

    /// <summary>"labels family nanoseconds" of each family; a property that is no object is none.</summary>
    private static IEnumerable<string> FamiliesOfJson(byte[] json) =>
        from @group in JsonDocument.Parse(json).RootElement.GetProperty("data").EnumerateArray()
        from property in @group.EnumerateObject()
        where property.Name != "labels" && property.Value.ValueKind == JsonValueKind.Object
        let time = Nanoseconds(property.Value.GetProperty("time_stamp").GetString()!)
        select $"{ShownLabels(@group.GetProperty("labels"))} {property.Name} {time}";

    private static string ShownLabels(PersistedGroup group) =>
        string.Join(',', group.Key.Labels.Select(label => $"{label.Name}={label.Value}"));

    private static string ShownLabels(JsonElement labels) => string.Join(
        ',', labels.EnumerateObject().Select(label => $"{label.Name}={label.Value}").Order(StringComparer.Ordinal));

    /// <summary>Of a time such as 2026-11-21T09:49:38.846413955Z, which has more digits than .NET's.</summary>
    private static long Nanoseconds(string time)
    {
        string[] parts = time.TrimEnd('Z').Split('.');
        var second = DateTimeOffset.Parse(parts[0] + "Z", CultureInfo.InvariantCulture);
        return second.ToUnixTimeSeconds() * 1_000_000_000
            + long.Parse(parts[1].PadRight(9, '0'), CultureInfo.InvariantCulture);
    }
}
