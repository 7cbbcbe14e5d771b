using System.Globalization;
using System.Net;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Kill;

/// <summary>
/// Changes groups of its own, one request after another, and knows what they must hold: what was acknowledged, and for
/// the one request without an answer, that or what it would have made.
/// </summary>
internal sealed class KillClient(int number, Random random)
{
    private const int Groups = 5;

    private readonly GroupState?[] _acknowledged = new GroupState?[Groups];
    private (int Group, GroupState? State)? _unanswered;
    private int _value;

    /// <summary>How many changes were answered.</summary>
    public int Answers { get; private set; }

    /// <summary>How many changes of those that were not answered turned out to be there.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Until the gateway is gone.</summary>
    /// <param name="step">Is called when a request is on its way, and when it is answered.</param>
    public async Task RunAsync(HttpClient http, Action step)
    {
        try
        {
            while (true)
            {
                int group = random.Next(Groups);
                var change = Change.Any(random, ++_value);
                GroupState? before = _acknowledged[group];
                double sent = Moment.Now();
                _unanswered = (group, change.Apply(before, new Moment(sent, double.PositiveInfinity)));
                HttpStatusCode answer = await SendAsync(http, change, group, step);
                Assert.Equal(change.Expected, answer);
                _acknowledged[group] = change.Apply(before, new Moment(sent, Moment.Now()));
                _unanswered = null;
                Answers++;
                step();
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    /// <summary>Throws if a group has unexpected content. Its content counts as acknowledged from then on.</summary>
    public void Check(ScrapedGroups scraped)
    {
        for (int group = 0; group < Groups; group++)
        {
            GroupState? held = scraped[number, group];
            bool isAcknowledged = IsAllowed(_acknowledged[group], held);
            bool isUnanswered = _unanswered is { } unanswered && unanswered.Group == group
                && IsAllowed(unanswered.State, held);
            Assert.True(isAcknowledged || isUnanswered,
                $"client {number}, group {group} holds {Show(held)}, acknowledged {Show(_acknowledged[group])}, " +
                $"not answered: {(_unanswered?.Group == group ? Show(_unanswered.Value.State) : "nothing")}");
            Unanswered += isAcknowledged ? 0 : 1;
            _acknowledged[group] = held;
        }
        _unanswered = null;
    }

    private async Task<HttpStatusCode> SendAsync(HttpClient http, Change change, int group, Action step)
    {
        using HttpRequestMessage request = change.RequestTo(
            string.Create(CultureInfo.InvariantCulture, $"/metrics/job/kill/client/{number}/instance/{group}"));
        Task<HttpResponseMessage> sending = http.SendAsync(request, TestContext.Current.CancellationToken);
        step();
        using HttpResponseMessage response = await sending;
        return response.StatusCode;
    }

    private static bool IsAllowed(GroupState? expected, GroupState? held) =>
        expected is null || held is null ? expected == held : expected.Allows(held);

    private static string Show(GroupState? state) => state?.ToString() ?? "nothing";
}
