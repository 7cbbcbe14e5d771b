using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PushGateway.Hosting;

/// <summary>
/// Serves clients that close their sending side once they have said all, and then wait for the answer, as netcat does
/// at the end of its input. Left alone, Kestrel takes the end of the input for the end of the client, and drops the
/// request, a whole push or not.
/// </summary>
internal static class HalfCloseMiddleware
{
    public static void Serve(ListenOptions listen) => listen.Use(next => connection =>
    {
        // Fires when either side is closed. That nobody reads the answer is noticed when writing it fails.
        connection.ConnectionClosed = CancellationToken.None;
        connection.Transport = new Duplex(new DeferredEndReader(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    });

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Input whose end shows only when nothing is left to read, or what is left was not enough.</summary>
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
