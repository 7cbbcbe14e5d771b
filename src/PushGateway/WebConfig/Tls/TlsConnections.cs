using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.WebConfig.Tls;

/// <summary>The open connections whose clients were checked by the same rules. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Connections may outlast it, and a source without a timer holds nothing.")]
internal sealed class TlsConnections
{
    private readonly CancellationTokenSource _closing = new();

    /// <param name="connection">The features of the connection.</param>
    public void Add(IFeatureCollection connection)
    {
        if (connection.Get<IConnectionLifetimeNotificationFeature>() is not { } notification
            || connection.Get<IConnectionLifetimeFeature>() is not { } lifetime)
        {
            return;
        }
        CancellationTokenRegistration registration = _closing.Token.UnsafeRegister(
            static feature => ((IConnectionLifetimeNotificationFeature)feature!).RequestClose(), notification);
        lifetime.ConnectionClosed.UnsafeRegister(
            static state => ((CancellationTokenRegistration)state!).Unregister(), registration);
    }

    /// <summary>Closes each connection after its requests are answered, including connections that are added later.</summary>
    public void Close() => _closing.Cancel();
}
