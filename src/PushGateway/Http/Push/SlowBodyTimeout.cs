using System.Globalization;

namespace PushGateway.Http.Push;

/// <summary>Cancels the read of a body whose rate falls below the minimum in any window of time.</summary>
/// <remarks>
/// Kestrel limits the average rate: it waits 77 hours for a client that stops after 64 MiB, and holds the memory. A body that
/// has already arrived costs nothing: the timer starts with the first wait.
/// </remarks>
internal sealed class SlowBodyTimeout(HttpRequest request, TimeProvider time, ClientTimeouts limits) : IDisposable
{
    private BodyBuffer? _body;
    private ITimer? _timer;

    /// <summary>Created with the timer, which few requests need.</summary>
    private Lock? _lock;
    private int _lengthBefore;
    private bool _isDisposed;

    public bool TimedOut { get; private set; }

    public BadHttpRequestException Error => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"the body arrives too slowly: less than {limits.MinBodyBytes} bytes in {limits.BodyWindow.TotalSeconds:0.#} s"),
        StatusCodes.Status408RequestTimeout);

    /// <summary>Starts the timer, before a wait for more of the body.</summary>
    /// <param name="body">The part that has arrived.</param>
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
            _isDisposed = true;
        }
    }

    private void CheckRate()
    {
        lock (_lock!)
        {
            if (_isDisposed)
            {
                // The connection may already serve the next request.
                return;
            }
            int length = _body!.Length;
            if (length - _lengthBefore < limits.MinBodyBytes)
            {
                TimedOut = true;
                request.BodyReader.CancelPendingRead();
            }
            _lengthBefore = length;
        }
    }
}
