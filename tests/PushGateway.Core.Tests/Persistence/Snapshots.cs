using System.Buffers;
using System.Globalization;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;

namespace PushGateway.Core.Tests.Persistence;

/// <summary>Reading, writing and showing persistence files.</summary>
internal static class Snapshots
{
    public static List<PersistedGroup> Read(byte[] file) => [.. GobSnapshotReader.Read(new MemoryStream(file))];

    public static byte[] Write(params IEnumerable<PersistedGroup> groups)
    {
        using var stream = new MemoryStream();
        GobSnapshotWriter.Write(stream, groups);
        return stream.ToArray();
    }

    /// <summary>The groups read before the error, and the error.</summary>
    public static (List<PersistedGroup> Groups, GobFormatException? Error) ReadPrefix(byte[] file)
    {
        var groups = new List<PersistedGroup>();
        try
        {
            groups.AddRange(GobSnapshotReader.Read(new MemoryStream(file)));
        }
        catch (GobFormatException error)
        {
            return (groups, error);
        }
        return (groups, null);
    }

    /// <summary>Everything in a group as text. Two groups with the same text are equal bit by bit.</summary>
    public static string Describe(PersistedGroup group)
    {
        var text = new StringBuilder(Hex(group.Key));
        foreach ((string name, string value) in group.Extra.OrderBy(extra => extra.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {name}={value}");
        }
        foreach (PersistedFamily family in group.Families.OrderBy(family => family.Family.Name))
        {
            string message = Convert.ToHexString(ProtobufExposition.Encode(family.Family));
            text.Append(CultureInfo.InvariantCulture, $"\n  {family.Family.Name} at {family.PushedAt}: {message}");
        }
        foreach (UnreadableFamily family in group.Unreadable)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {family.Name}: {family.Error}");
        }
        return text.ToString();
    }

    /// <summary>The scrape of the groups.</summary>
    public static string Scrape(IEnumerable<PersistedGroup> groups)
    {
        var output = new ArrayBufferWriter<byte>();
        IOrderedEnumerable<IGrouping<Utf8String, MetricFamily>> families = groups.OrderBy(group => group.Key)
            .SelectMany(group => group.Families.Select(family => family.Family))
            .GroupBy(family => family.Name)
            .OrderBy(named => named.Key);
        foreach (IGrouping<Utf8String, MetricFamily> named in families)
        {
            MetricFamily first = named.First();
            TextExposition.WriteHeader(first.Name, first.Type, first.Help, output);
            foreach (MetricFamily family in named)
            {
                TextExposition.WriteSamples(family, output);
            }
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>A group of one gauge.</summary>
    public static PersistedGroup Group(string job, double value = 1) => new(
        new GroupingKey([new("job", job)]),
        [
            new(
                new MetricFamily
                {
                    Name = new("up"),
                    Type = MetricType.Gauge,
                    Metrics =
                    [
                        new() { Labels = [new("job", job)], ValueType = MetricType.Gauge, Number = value },
                    ],
                },
                PushedAt: 5),
        ]);

    private static string Hex(GroupingKey key) => string.Join(
        ',',
        key.Labels.Select(label =>
            $"{Convert.ToHexString(label.Name.Span)}={Convert.ToHexString(label.Value.Span)}"));
}
