using PushGateway.Http.Responses;

namespace PushGateway.Http.Rejections;

/// <summary>The last rejections, in a ring of fixed size. Thread-safe.</summary>
internal sealed class RecentRejections(TimeProvider time) : IRejectionRecorder
{
    public const int Capacity = 100;

    private readonly Lock _lock = new();
    private readonly Rejection[] _ring = new Rejection[Capacity];
    private long _total;

    public void Record(HttpContext context, int status, string reason)
    {
        var rejection = Rejection.Of(context, status, reason, time.GetUnixNanoseconds());
        lock (_lock)
        {
            _ring[_total++ % Capacity] = rejection;
        }
    }

    /// <summary>The rejections, newest first, and the total number since the start.</summary>
    public (Rejection[] Newest, long Total) Read()
    {
        lock (_lock)
        {
            var newest = new Rejection[Math.Min(_total, Capacity)];
            for (int i = 0; i < newest.Length; i++)
            {
                newest[i] = _ring[(_total - 1 - i) % Capacity];
            }
            return (newest, _total);
        }
    }
}
