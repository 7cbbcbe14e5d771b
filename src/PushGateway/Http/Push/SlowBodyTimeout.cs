using System.Globalization;

namespace PushGateway.Http.Push;

/// <summary>Cancels the read of a body whose rate falls below the minimum, in any window of time or on average.</summary>
/// <remarks>
/// Kestrel limits only the average rate: it waits 77 hours for a client that stops after 64 MiB, and holds the memory. A body
/// that has already arrived costs nothing, since the timer starts with the first wait.
/// </remarks>
internal sealed class SlowBodyTimeout(HttpRequest request, TimeProvider time, ClientTimeouts limits) : IDisposable
{
    private BodyBuffer? _body;
    private ITimer? _timer;

    /// <summary>Created with the timer, which few requests need.</summary>
    private Lock? _lock;
    private int _lengthBefore;
    private int _windows;
    private bool _isDisposed;

    private string _fault = "";

    public bool TimedOut { get; private set; }

    public BadHttpRequestException Error => new(_fault, StatusCodes.Status408RequestTimeout);

    /// <summary>Starts the timer, before a wait for more of the body.</summary>
    /// <param name="body">The part that has arrived.</param>
    public void Watch(BodyBuffer body)
    {
        _body = body;
        if (_timer is null)
        {
            _lock = new Lock();
            _timer = time.CreateTimer(_ => CheckRate(), null, limits.BodyWindow, limits.BodyWindow);
        }
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
            long expected = limits.MinBodyBytesAfter(_lengthBefore);
            TimeSpan elapsed = ++_windows * limits.BodyWindow;
            if (length - _lengthBefore < expected)
            {
                TimeOut($"less than {expected} bytes in {limits.BodyWindow.TotalSeconds:0.#} s");
            }
            else if (elapsed > limits.BodyDeadline(length))
            {
                TimeOut($"{length} bytes in {elapsed.TotalSeconds:0.#} s");
            }
            _lengthBefore = length;
        }
    }

    private void TimeOut(FormattableString fault)
    {
        _fault = $"the body arrives too slowly: {fault.ToString(CultureInfo.InvariantCulture)}";
        TimedOut = true;
        request.BodyReader.CancelPendingRead();
    }
}
