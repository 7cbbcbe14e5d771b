using System.Globalization;
using System.Net;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// Changes its own groups, one request after another, and knows their expected content: everything that was acknowledged, with or
/// without the effect of the one unanswered request.
/// </summary>
internal sealed class KillClient(int number, Random random)
{
    private const int Groups = 5;

    private readonly ExpiringGroup[] _expiring = [new(number, 0), new(number, 1)];
    private GroupState?[] _acknowledged = new GroupState?[Groups];

    /// <summary>All groups after the request.</summary>
    private GroupState?[]? _unanswered;
    private int _value;

    /// <summary>The number of answered changes.</summary>
    public int Answers { get; private set; }

    /// <summary>The number of unanswered changes that took effect.</summary>
    public int Unanswered { get; private set; }

    /// <summary>The number of observed expiries.</summary>
    public int Expiries => _expiring.Sum(group => group.Expiries);

    /// <summary>Until the gateway is gone.</summary>
    /// <param name="step">Is called when a request is on its way, and when it is answered.</param>
    public async Task RunAsync(HttpClient http, Action step)
    {
        try
        {
            while (true)
            {
                switch (random.Next(20))
                {
                    case 0:
                        await DeleteSomeAsync(http, step);
                        break;
                    case < 5:
                        await _expiring[random.Next(_expiring.Length)].ChangeAsync(http, random, step);
                        break;
                    default:
                        await ChangeOneAsync(http, step);
                        break;
                }
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    /// <summary>Throws if a group has unexpected content. Its content counts as acknowledged from then on.</summary>
    /// <param name="started">When the gateway was started.</param>
    public void Check(ScrapedGroups scraped, double started)
    {
        GroupState?[] held = [.. Enumerable.Range(0, Groups).Select(group => scraped[number, group])];
        bool isAcknowledged = AreAllowed(_acknowledged, held);
        bool isUnanswered = _unanswered is not null && AreAllowed(_unanswered, held);
        Assert.True(
            isAcknowledged || isUnanswered,
            $"client {number} holds {Show(held)}, acknowledged {Show(_acknowledged)}, not answered: {Show(_unanswered ?? [])}");
        Unanswered += isAcknowledged ? 0 : 1;
        _acknowledged = held;
        _unanswered = null;
        for (int group = 0; group < _expiring.Length; group++)
        {
            _expiring[group].Check(scraped.ExpiringValue(number, group), started);
        }
    }

    private Task ChangeOneAsync(HttpClient http, Action step)
    {
        int group = random.Next(Groups);
        var change = Change.Any(random, ++_value, _acknowledged[group]);
        return SendAsync(
            http,
            change.RequestTo(string.Create(CultureInfo.InvariantCulture, $"job/kill/client/{number}/instance/{group}")),
            change.Expected,
            (i, state, at) => i == group ? change.Apply(state, at) : state,
            step);
    }

    /// <summary>Deletes some groups by one request. Afterwards all of them are gone, or none.</summary>
    private Task DeleteSomeAsync(HttpClient http, Action step)
    {
        int[] groups = random.GetItems([.. Enumerable.Range(0, Groups)], random.Next(1, Groups));
        string selector = string.Create(
            CultureInfo.InvariantCulture, $"{{job=\"kill\",client=\"{number}\",instance=~\"{string.Join('|', groups)}\"}}");
        return SendAsync(
            http,
            new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/groups?match[]={Uri.EscapeDataString(selector)}"),
            HttpStatusCode.OK,
            (i, state, _) => groups.Contains(i) ? null : state,
            step);
    }

    /// <param name="apply">The content of a group after the request.</param>
    private async Task SendAsync(
        HttpClient http,
        HttpRequestMessage request,
        HttpStatusCode expected,
        Func<int, GroupState?, Moment, GroupState?> apply,
        Action step)
    {
        using HttpRequestMessage sent = request;
        double from = Moment.Now();
        _unanswered = After(double.PositiveInfinity);
        Task<HttpResponseMessage> sending = http.SendAsync(sent, TestContext.Current.CancellationToken);
        step();
        using HttpResponseMessage answer = await sending;
        Assert.Equal(expected, answer.StatusCode);
        _acknowledged = After(Moment.Now());
        _unanswered = null;
        Answers++;
        step();

        GroupState?[] After(double to) => [.. _acknowledged.Select((state, i) => apply(i, state, new Moment(from, to)))];
    }

    private static bool AreAllowed(GroupState?[] expected, GroupState?[] held) =>
        expected.Zip(held).All(pair => IsAllowed(pair.First, pair.Second));

    private static bool IsAllowed(GroupState? expected, GroupState? held) =>
        expected is null || held is null ? expected == held : expected.Allows(held);

    private static string Show(GroupState?[] states) =>
        string.Join("; ", states.Select((state, i) => $"{i}: {state?.ToString() ?? "nothing"}"));
}
