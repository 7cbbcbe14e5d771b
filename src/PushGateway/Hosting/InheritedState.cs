using System.Runtime.InteropServices;
using System.Text;

namespace PushGateway.Hosting;

/// <summary>Resets state that the process inherits over exec, like Go's runtime but unlike .NET's. Linux only.</summary>
internal static class InheritedState
{
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Terminate = 15;

    private const int DefaultHandler = 0;
    private const int IgnoringHandler = 1;
    private const int Unblock = 1;

    /// <summary>More bytes than <c>struct sigaction</c>, whose first field is the handler, and <c>sigset_t</c> have.</summary>
    private const int StructBytes = 256;

    private const int GetDescriptorFlags = 1;
    private const int ReadWrite = 2;
    private const int CloseOnExec = 1;
    private const int Failed = -1;
    private const int DescriptorLimit = 7;
    private const int AddressSpaceLimit = 9;
    private const int MaxArenas = -8;

    /// <summary>Call it before anything opens a file or registers for a signal.</summary>
    public static void Reset()
    {
        if (OperatingSystem.IsLinux())
        {
            OpenClosedStreams();
            RestoreSignals();
            RaiseDescriptorLimit();
            SaveAddressSpace();
        }
    }

    /// <summary>
    /// Opens /dev/null for closed standard streams, and executes the program again, since the runtime has already opened its own
    /// files with their numbers.
    /// </summary>
    private static void OpenClosedStreams()
    {
        int[] closed = [.. Enumerable.Range(0, 3).Where(IsClosed)];
        if (closed.Length == 0)
        {
            return;
        }
        int nothing = Open("/dev/null\0"u8.ToArray(), ReadWrite);
        if (nothing == Failed || Environment.ProcessPath is not { } program || ReadArguments() is not { } arguments)
        {
            return;
        }
        foreach (int descriptor in closed)
        {
            _ = Duplicate(nothing, descriptor);
        }
        _ = Execute([.. Encoding.UTF8.GetBytes(program), 0], arguments);
    }

    /// <summary>Whether the stream was closed at exec. A descriptor that is marked close-on-exec was opened by the runtime.</summary>
    private static bool IsClosed(int descriptor) => Control(descriptor, GetDescriptorFlags) is Failed or CloseOnExec;

    /// <summary>The arguments, for <c>execv</c>; null without /proc.</summary>
    private static nint[]? ReadArguments()
    {
        try
        {
            string[] arguments = File.ReadAllText("/proc/self/cmdline").Split('\0')[..^1];
            return [.. arguments.Select(Marshal.StringToCoTaskMemUTF8), 0];
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// Restores SIGINT and SIGQUIT, which a shell without job control ignores for background commands. SIGHUP stays ignored, as
    /// nohup requires.
    /// </summary>
    private static void RestoreSignals()
    {
        byte[] blocked = new byte[StructBytes];
        foreach (int signal in (int[])[HangUp, Interrupt, Quit, Terminate])
        {
            byte[] action = new byte[StructBytes];
            if (signal != HangUp
                && ReadAction(signal, 0, action) == 0
                && MemoryMarshal.Read<nint>(action) == IgnoringHandler)
            {
                _ = SetHandler(signal, DefaultHandler);
            }
            blocked[(signal - 1) / 8] |= (byte)(1 << ((signal - 1) % 8));
        }
        _ = ChangeMask(Unblock, blocked, 0);
    }

    /// <summary>Raises the soft limit, which is often 1,024 for the sake of programs that use select(2).</summary>
    private static void RaiseDescriptorLimit()
    {
        ulong[] softAndHard = new ulong[2];
        if (GetLimit(DescriptorLimit, softAndHard) == 0)
        {
            _ = SetLimit(DescriptorLimit, [softAndHard[1], softAndHard[1]]);
        }
    }

    /// <summary>
    /// If the address space is limited (<c>ulimit -v</c>), makes glibc reserve one arena instead of 64 MiB for each thread.
    /// Otherwise, no space would be left for the stack of another thread, and the runtime would end the process.
    /// </summary>
    private static void SaveAddressSpace()
    {
        ulong[] softAndHard = new ulong[2];
        if (GetLimit(AddressSpaceLimit, softAndHard) != 0 || softAndHard[0] == ulong.MaxValue)
        {
            return;
        }
        try
        {
            _ = SetMallocOption(MaxArenas, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no arenas.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int SetMallocOption(int option, int value);

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(int descriptor, int command);

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Duplicate(int from, int to);

    [DllImport("libc", EntryPoint = "execv")]
    private static extern int Execute(byte[] program, nint[] arguments);

    [DllImport("libc", EntryPoint = "sigaction")]
    private static extern int ReadAction(int signal, nint action, byte[] old);

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetHandler(int signal, nint handler);

    [DllImport("libc", EntryPoint = "pthread_sigmask")]
    private static extern int ChangeMask(int how, byte[] signals, nint old);

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, [Out] ulong[] softAndHard);

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetLimit(int resource, ulong[] softAndHard);
}
