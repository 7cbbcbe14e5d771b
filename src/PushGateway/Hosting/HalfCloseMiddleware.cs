using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PushGateway.Hosting;

/// <summary>
/// Serves clients that close their sending side after the request and then wait for the response, like netcat. Kestrel
/// treats the end of the input as the end of the connection, and aborts the request even if it has arrived completely.
/// </summary>
internal static class HalfCloseMiddleware
{
    public static void Serve(ListenOptions listen) => listen.Use(next => connection =>
    {
        // Kestrel fires it when either side closes. A write fails if the client has gone.
        connection.ConnectionClosed = CancellationToken.None;
        connection.Transport = new Duplex(new DeferredEndReader(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    });

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>
    /// Reports the end of the input only when the reader has consumed everything, or needs more than the rest.
    /// </summary>
    private sealed class DeferredEndReader(PipeReader input) : PipeReader
    {
        private SequencePosition _end;
        private bool _wantsMore;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Show(await input.ReadAsync(cancellationToken));

        public override bool TryRead(out ReadResult result)
        {
            bool read = input.TryRead(out result);
            result = read ? Show(result) : result;
            return read;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _wantsMore = examined.Equals(_end);
            input.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => input.Complete(exception);

        private ReadResult Show(ReadResult result)
        {
            _end = result.Buffer.End;
            return result.IsCompleted && !result.Buffer.IsEmpty && !_wantsMore
                ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false)
                : result;
        }
    }
}
