using System.Net;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Cluster;

/// <summary>
/// Sends requests to any replica, one after another, and records their outcomes. Repeats pushes with an idempotency key, to any
/// replica, until they are accepted. Sends all others once.
/// </summary>
internal sealed class HistoryClient(int number, Random random, ClusterUnderTest cluster, HistoryClient.Numbers numbers) : IDisposable
{
    public const string Job = "history";

    /// <summary>How many keyed pushes go to one group.</summary>
    private const int KeysPerGroup = 40;

    private const int SharedGroups = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>No connection is reused, since the client would silently repeat a request if a reused connection breaks.</summary>
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly List<Operation> _operations = [];
    private readonly List<(int Conflict, string Type, Fate Fate)> _conflicts = [];
    private int _keyed;

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Pushes of a family that others push with another type.</summary>
    public IReadOnlyList<(int Conflict, string Type, Fate Fate)> Conflicts => _conflicts;

    /// <summary>How many keyed pushes were accepted: all that were sent.</summary>
    public int Keyed => _keyed;

    public int KeyedRetries { get; private set; }

    /// <summary>Sums without a key, by fate.</summary>
    public Dictionary<Fate, int> Plain { get; } = new() { [Fate.Accepted] = 0, [Fate.Unknown] = 0, [Fate.Rejected] = 0 };

    /// <summary>Answers that no gateway should give.</summary>
    public List<string> Odd { get; } = [];

    /// <summary>The longest time until an answer.</summary>
    public double Slowest { get; private set; }

    public async Task RunAsync(double until)
    {
        while (Operation.Now() < until)
        {
            switch (random.Next(20))
            {
                case < 8:
                    await ChangeSharedAsync();
                    break;
                case < 10:
                    await PushExpiringAsync();
                    break;
                case < 14:
                    await SumKeyedAsync();
                    break;
                case < 16:
                    await SumPlainAsync();
                    break;
                case < 18:
                    await PushConflictAsync();
                    break;
                default:
                    await PushWrongAsync();
                    break;
            }
            await Task.Delay(random.Next(30), TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A group that all clients change.</summary>
    private Task ChangeSharedAsync()
    {
        string group = Text($"shared{random.Next(SharedGroups)}");
        long value = numbers.Next();
        return random.Next(6) switch
        {
            0 => SendAsync(
                new Operation(value, "delete", group, new Dictionary<string, long?> { ["a"] = null, ["b"] = null }),
                HttpMethod.Delete, "", []),
            < 4 => SendAsync(
                new Operation(value, "put", group, new Dictionary<string, long?> { ["a"] = value, ["b"] = value }),
                HttpMethod.Put, Text($"a {value}\nb {value}\n"), []),
            4 => SendAsync(
                new Operation(value, "post", group, new Dictionary<string, long?> { ["a"] = value }),
                HttpMethod.Post, Text($"a {value}\n"), []),
            _ => SendAsync(
                new Operation(value, "post", group, new Dictionary<string, long?> { ["b"] = value }),
                HttpMethod.Post, Text($"b {value}\n"), []),
        };
    }

    private Task PushExpiringAsync()
    {
        string[] times = ["50ms", "300ms", "2s", ""];
        string time = times[random.Next(times.Length)];
        long value = numbers.Next();
        var operation = new Operation(
            value, "ttl", Text($"expiring{number}"), new Dictionary<string, long?> { ["c"] = value })
        { Expires = time.Length > 0 };
        return SendAsync(
            operation, HttpMethod.Put, Text($"c {value}\n"), time.Length > 0 ? [("Pushgateway-TTL", time)] : []);
    }

    /// <summary>An invalid push, which gets 400 if it is answered.</summary>
    private async Task PushWrongAsync()
    {
        string group = Text($"wrong{number}");
        long value = numbers.Next();
        string body = random.Next(2) == 0 ? Text($"d {value} 5\n") : Text($"# TYPE fixed counter\nfixed 1\nd {value}\n");
        var operation = new Operation(value, "wrong", group, new Dictionary<string, long?> { ["d"] = value });
        await SendAsync(operation, HttpMethod.Post, body, [], HttpStatusCode.BadRequest);
    }

    private async Task SendAsync(
        Operation operation, HttpMethod method, string body, (string Name, string Value)[] headers, HttpStatusCode? only = null)
    {
        _operations.Add(operation);
        string path = $"/metrics/job/{Job}/instance/{operation.Group}";
        (Fate fate, string answer) = await SendAsync(method, path, body, headers);
        operation.End(fate, answer);
        bool isWrong = answer.StartsWith("400", StringComparison.Ordinal);
        if (isWrong != (only == HttpStatusCode.BadRequest) && (isWrong || fate == Fate.Accepted))
        {
            Odd.Add(operation.ToString());
        }
    }

    /// <summary>Adds to a shared counter and to a counter of this push only, until the push is accepted.</summary>
    private async Task SumKeyedAsync()
    {
        int push = _keyed++;
        string path = Text($"/metrics/job/keyed/instance/{number}-{push / KeysPerGroup}");
        string body = Text($"# TYPE total counter\ntotal 1\n# TYPE once counter\nonce{{push=\"{push}\"}} 1\n");
        (string, string)[] headers = [("Pushgateway-Merge", "sum"), ("Idempotency-Key", Text($"{number}-{push}"))];
        while (true)
        {
            (Fate fate, string answer) = await SendAsync(HttpMethod.Post, path, body, headers);
            if (fate == Fate.Accepted)
            {
                break;
            }
            if (answer.StartsWith("400", StringComparison.Ordinal))
            {
                Odd.Add($"keyed {number}-{push}: {answer}");
                break;
            }
            KeyedRetries++;
            await Task.Delay(random.Next(200), TestContext.Current.CancellationToken);
        }
        if (random.Next(4) == 0)
        {
            await SendAsync(HttpMethod.Post, path, body, headers);
        }
    }

    private async Task SumPlainAsync()
    {
        (Fate fate, _) = await SendAsync(
            HttpMethod.Post, Text($"/metrics/job/plain/instance/{number}"), "# TYPE sum counter\nsum 1\n",
            [("Pushgateway-Merge", "sum")]);
        Plain[fate]++;
    }

    /// <summary>All clients push the family of the moment, with one of two types.</summary>
    private async Task PushConflictAsync()
    {
        int conflict = (int)Operation.Now() * 2;
        string type = random.Next(2) == 0 ? "gauge" : "counter";
        (Fate fate, _) = await SendAsync(
            HttpMethod.Put,
            Text($"/metrics/job/conflict/instance/{number}-{conflict}-{type}"),
            Text($"# TYPE conflict_{conflict} {type}\nconflict_{conflict} 1\n"),
            []);
        _conflicts.Add((conflict, type, fate));
    }

    private async Task<(Fate Fate, string Answer)> SendAsync(
        HttpMethod method, string path, string body, (string Name, string Value)[] headers)
    {
        Replica replica = cluster.Replicas[random.Next(cluster.Replicas.Count)];
        using var request = new HttpRequestMessage(method, Text($"http://127.0.0.1:{replica.Port}{path}"));
        request.Headers.ConnectionClose = true;
        if (method != HttpMethod.Delete)
        {
            request.Content = new StringContent(body);
        }
        Array.ForEach(headers, header => request.Headers.Add(header.Name, header.Value));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        // Some give up early, and their push may still be stored.
        patience.CancelAfter(random.Next(10) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 500)) : Patience);
        double began = Operation.Now();
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, patience.Token);
            string text = Text($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(patience.Token)}").TrimEnd();
            Slowest = Math.Max(Slowest, Operation.Now() - began);
            return (FateOf(answer.StatusCode, text), text);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return (Fate.Unknown, "gave up");
        }
        catch (HttpRequestException exception)
        {
            return (exception.HttpRequestError == HttpRequestError.ConnectionError ? Fate.Rejected : Fate.Unknown, exception.Message);
        }
    }

    private Fate FateOf(HttpStatusCode status, string text)
    {
        switch (status)
        {
            case HttpStatusCode.OK or HttpStatusCode.Accepted:
                return Fate.Accepted;
            case HttpStatusCode.BadRequest:
                return Fate.Rejected;
            case HttpStatusCode.ServiceUnavailable:
                return text.Contains("did not say", StringComparison.Ordinal) || text.Contains("shutting down", StringComparison.Ordinal)
                    ? Fate.Unknown
                    : Fate.Rejected;
            default:
                Odd.Add(text);
                return Fate.Unknown;
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Numbers that no two operations share.</summary>
    internal sealed class Numbers
    {
        private long _last;

        public long Next() => Interlocked.Increment(ref _last);
    }
}
