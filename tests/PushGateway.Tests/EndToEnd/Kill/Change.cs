using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>A request that changes a group or is rejected, with its effect on the group.</summary>
/// <param name="Expected">The status of the response, if one arrives.</param>
/// <param name="Apply">Returns the group's content after the request; null if the group is gone.</param>
internal sealed record Change(
    HttpMethod Method, byte[] Body, bool IsProtobuf, HttpStatusCode Expected, Func<GroupState?, Moment, GroupState?> Apply)
{
    private string _prefix = "/metrics/";
    private string _query = "";

    private static readonly MediaTypeHeaderValue Protobuf = MediaTypeHeaderValue.Parse(
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");

    /// <param name="value">Of all series.</param>
    /// <param name="before">What the group holds.</param>
    public static Change Any(Random random, int value, GroupState? before) => random.Next(22) switch
    {
        20 or 21 when before is { Values.Count: > 0 } => DeleteFamily(before.Values.Keys.ElementAt(random.Next(before.Values.Count))),
        < 8 => Put(AnyFamilies(random), value),
        < 14 => Post(AnyFamilies(random), value),
        < 17 => new Change(HttpMethod.Delete, [], false, HttpStatusCode.Accepted, (_, _) => null),
        < 19 => new Change(
            random.Next(2) == 0 ? HttpMethod.Put : HttpMethod.Post,
            Text([Family.All[0], Family.All[0]], value),
            false,
            HttpStatusCode.BadRequest,
            (before, at) => (before ?? GroupState.Empty) with { Failed = at }),
        _ => new Change(
            HttpMethod.Put, "text_one no number\n"u8.ToArray(), false, HttpStatusCode.BadRequest, (before, _) => before),
    };

    /// <param name="group">The path of the group, without what stands before it.</param>
    public HttpRequestMessage RequestTo(string group)
    {
        var request = new HttpRequestMessage(Method, $"{_prefix}{group}{_query}");
        if (Method != HttpMethod.Delete)
        {
            request.Content = new ByteArrayContent(Body);
            request.Content.Headers.ContentType = IsProtobuf ? Protobuf : null;
        }
        return request;
    }

    private static Change Put(Family[] families, int value) => new(
        HttpMethod.Put,
        Encode(families, value),
        families is [{ IsProtobuf: true }, ..],
        HttpStatusCode.OK,
        (before, at) => new GroupState(
            GroupState.Empty.Values.SetItems(ValuesOf(families, value)), at, before?.Failed ?? Moment.Never));

    private static Change Post(Family[] families, int value) => Put(families, value) with
    {
        Method = HttpMethod.Post,
        Apply = (before, at) => (before ?? GroupState.Empty) with
        {
            Values = (before ?? GroupState.Empty).Values.SetItems(ValuesOf(families, value)),
            Pushed = at,
        },
    };

    private static Change DeleteFamily(string name) => new(
        HttpMethod.Delete, [], false, HttpStatusCode.OK, (before, _) => before! with { Values = before.Values.Remove(name) })
    {
        _prefix = "/api/v1/groups/",
        _query = $"?family={name}",
    };

    /// <summary>Of one format; none now and then.</summary>
    private static Family[] AnyFamilies(Random random)
    {
        bool isProtobuf = random.Next(3) == 0;
        return [.. Family.All.Where(family =>
            family.IsProtobuf == isProtobuf && random.Next(family.Series > 100 ? 40 : 2) == 0)];
    }

    private static IEnumerable<KeyValuePair<string, int>> ValuesOf(Family[] families, int value) =>
        families.Select(family => KeyValuePair.Create(family.Name, value));

    private static byte[] Encode(Family[] families, int value) =>
        families is [{ IsProtobuf: true }, ..]
            ? [.. families.SelectMany(family => Delimited(family, value))]
            : Text(families, value);

    private static byte[] Text(Family[] families, int value)
    {
        var text = new StringBuilder();
        foreach (Family family in families)
        {
            for (int i = 0; i < family.Series; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{family.Name}{{i=\"{i}\"}} {value}\n");
            }
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>io.prometheus.client.MetricFamily after its length, field by field.</summary>
    private static byte[] Delimited(Family family, int value)
    {
        byte[] gauge = [0x09, .. BitConverter.GetBytes((double)value)];
        IEnumerable<byte> metrics = Enumerable.Range(0, family.Series).SelectMany(i => Nested(
            4,
            [
                .. Nested(1, [.. Nested(1, "i"u8.ToArray()), .. Nested(2, Encoding.UTF8.GetBytes($"{i}"))]),
                .. Nested(2, gauge),
            ]));
        byte[] message = [.. Nested(1, Encoding.UTF8.GetBytes(family.Name)), 0x18, 1, .. metrics];
        return [.. Varint(message.Length), .. message];
    }

    private static byte[] Nested(int field, byte[] bytes) =>
        [(byte)((field << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Varint(int number) => number < 128
        ? [(byte)number]
        : [(byte)(number | 128), .. Varint(number >> 7)];
}
