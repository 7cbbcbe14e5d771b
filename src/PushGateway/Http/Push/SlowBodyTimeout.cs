using System.Globalization;

namespace PushGateway.Http.Push;

/// <summary>Breaks off the reading of a body that comes in too slowly, at any time and not only on average.</summary>
/// <remarks>
/// The framework's own limit is on the average: it waits 77 hours for a client that stops after 64 MiB, and the memory with
/// it. Costs nothing where the body is there already.
/// </remarks>
internal sealed class SlowBodyTimeout(HttpRequest request, TimeProvider time, ClientTimeouts limits) : IDisposable
{
    private BodyBuffer? _body;
    private ITimer? _timer;

    /// <summary>There where there is a timer, as in few requests.</summary>
    private Lock? _lock;
    private int _before;
    private bool _isOver;

    public bool TimedOut { get; private set; }

    public BadHttpRequestException Error => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"the body comes in too slowly: less than {limits.MinBodyBytes} bytes in {limits.BodyWindow.TotalSeconds:0.#} s"),
        StatusCodes.Status408RequestTimeout);

    /// <summary>To be called before a wait for more of the body.</summary>
    /// <param name="body">What there is of it.</param>
    public void Watch(BodyBuffer body)
    {
        _body = body;
        _lock ??= new Lock();
        _timer ??= time.CreateTimer(_ => CheckRate(), null, limits.BodyWindow, limits.BodyWindow);
    }

    public void Dispose()
    {
        if (_timer is null)
        {
            return;
        }
        _timer.Dispose();
        lock (_lock!)
        {
            _isOver = true;
        }
    }

    private void CheckRate()
    {
        lock (_lock!)
        {
            if (_isOver)
            {
                // The connection may be at the next request.
                return;
            }
            int now = _body!.Length;
            if (now - _before < limits.MinBodyBytes)
            {
                TimedOut = true;
                request.BodyReader.CancelPendingRead();
            }
            _before = now;
        }
    }
}
