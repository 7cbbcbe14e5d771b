using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;
using PushGateway.Core.Store.Consistency;

namespace PushGateway.Metrics.Process;

/// <summary>
/// The process_* families, read from Linux's /proc on request. Omits a family if its file is missing or has an unknown form.
/// Not thread-safe, since it reads into one buffer.
/// </summary>
/// <param name="procDirectory">/proc, except in tests.</param>
internal sealed class ProcessFamilies(string procDirectory)
{
    private static readonly ReservedFamily CpuSeconds = Define(
        "process_cpu_seconds_total", MetricType.Counter, "Total user and system CPU time spent in seconds.");

    private static readonly ReservedFamily MaxFds = Define(
        "process_max_fds", MetricType.Gauge, "Maximum number of open file descriptors.");

    private static readonly ReservedFamily NetworkReceiveBytes = Define(
        "process_network_receive_bytes_total", MetricType.Counter, "Number of bytes received by the process over the network.");

    private static readonly ReservedFamily NetworkTransmitBytes = Define(
        "process_network_transmit_bytes_total", MetricType.Counter, "Number of bytes sent by the process over the network.");

    private static readonly ReservedFamily OpenFds = Define(
        "process_open_fds", MetricType.Gauge, "Number of open file descriptors.");

    private static readonly ReservedFamily ResidentMemory = Define(
        "process_resident_memory_bytes", MetricType.Gauge, "Resident memory size in bytes.");

    private static readonly ReservedFamily StartTime = Define(
        "process_start_time_seconds", MetricType.Gauge, "Start time of the process since unix epoch in seconds.");

    private static readonly ReservedFamily VirtualMemory = Define(
        "process_virtual_memory_bytes", MetricType.Gauge, "Virtual memory size in bytes.");

    private static readonly ReservedFamily VirtualMemoryMax = Define(
        "process_virtual_memory_max_bytes", MetricType.Gauge, "Maximum amount of virtual memory available in bytes.");

    /// <summary>More than any of the files needs. The longest, net/netstat, has some 6 KiB.</summary>
    private const int MaxFileBytes = 16 * 1024;

    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = 0 };

    private readonly string _self = Path.Combine(procDirectory, "self");
    private readonly byte[] _buffer = new byte[MaxFileBytes];

    /// <summary>Read once, since it depends on the clock, and a start time that changes looks like a restart.</summary>
    private double? _bootSeconds;

    /// <summary>The definitions of all families. Upstream: the names, types and help texts of the Go client.</summary>
    public static IReadOnlyList<ReservedFamily> Reserved { get; } =
        [CpuSeconds, MaxFds, NetworkReceiveBytes, NetworkTransmitBytes, OpenFds,
            ResidentMemory, StartTime, VirtualMemory, VirtualMemoryMax];

    public void AddTo(List<MetricFamily> families)
    {
        AddStat(families);
        Add(families, OpenFds, CountOpenFds());

        ReadOnlySpan<byte> limits = Read("limits");
        Add(families, MaxFds, ProcText.SoftLimit(limits, "Max open files"u8));
        Add(families, VirtualMemoryMax, ProcText.SoftLimit(limits, "Max address space"u8));

        ReadOnlySpan<byte> netstat = Read(Path.Combine("net", "netstat"));
        Add(families, NetworkReceiveBytes, ProcText.IpExtCount(netstat, "InOctets"u8));
        Add(families, NetworkTransmitBytes, ProcText.IpExtCount(netstat, "OutOctets"u8));
    }

    private static ReservedFamily Define(string name, MetricType type, string help) =>
        new(new Utf8String(name), type, new Utf8String(help), CorrectsHelp: true);

    private static void Add(List<MetricFamily> families, ReservedFamily definition, double? value)
    {
        if (value is { } number)
        {
            families.Add(new MetricFamily
            {
                Name = definition.Name,
                Help = definition.Help,
                Type = definition.Type,
                Metrics = [new Metric { ValueType = definition.Type, Number = number }],
            });
        }
    }

    private void AddStat(List<MetricFamily> families)
    {
        if (ProcessStat.TryParse(Read("stat")) is not { } stat)
        {
            return;
        }

        Add(families, CpuSeconds, stat.CpuSeconds);
        Add(families, VirtualMemory, stat.VirtualBytes);
        Add(families, ResidentMemory, stat.ResidentPages * (double)Environment.SystemPageSize);
        _bootSeconds ??= ReadBootSeconds();
        Add(families, StartTime, _bootSeconds + stat.StartSecondsAfterBoot);
    }

    /// <summary>Like the Go client's count, this includes the descriptor that it uses for counting.</summary>
    private double? CountOpenFds()
    {
        try
        {
            int count = 0;

            // Does not allocate a string for each entry, since a busy gateway has thousands.
            foreach (byte _ in new FileSystemEnumerable<byte>(
                Path.Combine(_self, "fd"),
                static (ref FileSystemEntry _) => 0,
                AllEntries))
            {
                count++;
            }

            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The start time of the machine, in seconds since 1970.</summary>
    private double? ReadBootSeconds()
    {
        try
        {
            const string prefix = "btime ";
            string? line = File.ReadLines(Path.Combine(procDirectory, "stat"))
                .FirstOrDefault(static line => line.StartsWith(prefix, StringComparison.Ordinal));
            return line is not null && ulong.TryParse(line.AsSpan(prefix.Length), out ulong seconds) ? seconds : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A file of this process's folder, valid until the next one is read; empty if it cannot be read.</summary>
    private ReadOnlySpan<byte> Read(string file)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(Path.Combine(_self, file));
            int length = 0;
            int read;
            do
            {
                // The kernel returns such a file in parts.
                read = RandomAccess.Read(handle, _buffer.AsSpan(length), length);
                length += read;
            }
            while (read > 0);

            return _buffer.AsSpan(0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
