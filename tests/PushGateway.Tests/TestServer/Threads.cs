namespace PushGateway.Tests.TestServer;

internal static class Threads
{
    /// <summary>Runs the action many times on each of four concurrent threads and passes it the thread's number.</summary>
    public static void RunOnFour(int times, Action<int> action)
    {
        using var start = new Barrier(4);
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < times; i++)
                {
                    action(number);
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }
}
