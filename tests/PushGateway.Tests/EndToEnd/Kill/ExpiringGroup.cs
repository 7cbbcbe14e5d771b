using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// A group whose pushes specify its time to live, with its known state. Until the time is over, the group must exist. Once it has
/// expired, it must not come back.
/// </summary>
internal sealed class ExpiringGroup(int client, int number)
{
    /// <summary>Some shorter than a round, some longer. The last one is not sent, and so never expires.</summary>
    private static readonly double[] Seconds = [0.05, 0.3, 2, double.PositiveInfinity];

    /// <summary>Null if the group is gone.</summary>
    private Push? _acknowledged;
    private Push? _unanswered;
    private int _value;

    /// <summary>The number of observed expiries.</summary>
    public int Expiries { get; private set; }

    private string Path => string.Create(CultureInfo.InvariantCulture, $"job/expiring/client/{client}/instance/{number}");

    /// <summary>Pushes to the group, or reads it.</summary>
    public async Task ChangeAsync(HttpClient http, Random random, Action step)
    {
        if (random.Next(3) == 0)
        {
            Check(await ReadAsync(http), double.NegativeInfinity);
            return;
        }
        double sent = Moment.Now();
        double seconds = Seconds[random.Next(Seconds.Length)];
        _unanswered = new Push(++_value, new Moment(sent, double.PositiveInfinity), seconds);
        using HttpRequestMessage request = RequestOf(_unanswered);
        Task<HttpResponseMessage> sending = http.SendAsync(request, TestContext.Current.CancellationToken);
        step();
        using HttpResponseMessage answer = await sending;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        _acknowledged = _unanswered with { At = new Moment(sent, Moment.Now()) };
        _unanswered = null;
        step();
    }

    /// <summary>Throws if the group is not as it must be.</summary>
    /// <param name="held">Its value, just read; null if it is not there.</param>
    /// <param name="started">When the gateway was started, if it was read right after that.</param>
    public void Check(int? held, double started)
    {
        double now = Moment.Now();
        bool isAcknowledged = IsAllowed(_acknowledged, held, started, now);
        bool isUnanswered = _unanswered is not null && IsAllowed(_unanswered, held, started, now);
        Assert.True(
            isAcknowledged || isUnanswered,
            $"{Path} holds {held?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} at {now:F6}, started {started:F6}, " +
            $"acknowledged {_acknowledged}, not answered {_unanswered}");
        if (held is null)
        {
            Expiries += _acknowledged is null ? 0 : 1;
            _acknowledged = null;
        }
        else if (held == _unanswered?.Value)
        {
            _acknowledged = _unanswered with { At = _unanswered.At with { To = now } };
        }
        _unanswered = null;
    }

    private static bool IsAllowed(Push? push, int? held, double started, double now) =>
        push is null ? held is null
        : held is null ? now >= push.At.From + push.Seconds
        : held == push.Value && push.At.To + push.Seconds >= started;

    private HttpRequestMessage RequestOf(Push push)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/metrics/{Path}")
        {
            Content = new StringContent(string.Create(CultureInfo.InvariantCulture, $"expiring {push.Value}\n")),
        };
        if (double.IsFinite(push.Seconds))
        {
            request.Headers.Add("Pushgateway-TTL", string.Create(CultureInfo.InvariantCulture, $"{push.Seconds * 1000}ms"));
        }
        return request;
    }

    private async Task<int?> ReadAsync(HttpClient http)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpResponseMessage answer = await http.GetAsync($"/api/v1/groups/{Path}?family=expiring", cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        JsonNode family = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation))!["data"]!["families"]![0]!;
        return int.Parse(family["metrics"]![0]!["value"]!.GetValue<string>(), CultureInfo.InvariantCulture);
    }

    private sealed record Push(int Value, Moment At, double Seconds);
}
