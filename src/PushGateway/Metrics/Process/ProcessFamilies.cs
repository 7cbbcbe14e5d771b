using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;
using PushGateway.Core.Model;
using PushGateway.Core.Store.Consistency;

namespace PushGateway.Metrics.Process;

/// <summary>
/// The process_* families, read from Linux's /proc when they are asked for. A family whose file is not there or not
/// understood is left out. For one thread at a time: it reads into one buffer.
/// </summary>
/// <param name="procDirectory">/proc, but for tests.</param>
internal sealed class ProcessFamilies(string procDirectory)
{
    /// <summary>More than any of the files has: the longest, net/netstat, takes some 6 KiB.</summary>
    private const int MaxFileBytes = 16 * 1024;

    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = 0 };

    private readonly string _self = Path.Combine(procDirectory, "self");
    private readonly byte[] _buffer = new byte[MaxFileBytes];

    /// <summary>Read once: it follows the clock, and a start time that moves looks like a restart.</summary>
    private double? _bootSeconds;

    public void AddTo(List<MetricFamily> families)
    {
        AddStat(families);
        Add(families, OwnMetricDefinitions.ProcessOpenFds, CountOpenFds());

        ReadOnlySpan<byte> limits = Read("limits");
        Add(families, OwnMetricDefinitions.ProcessMaxFds, ProcText.SoftLimit(limits, "Max open files"u8));
        Add(families, OwnMetricDefinitions.ProcessVirtualMemoryMax, ProcText.SoftLimit(limits, "Max address space"u8));

        ReadOnlySpan<byte> netstat = Read(Path.Combine("net", "netstat"));
        Add(families, OwnMetricDefinitions.ProcessNetworkReceiveBytes, ProcText.IpExtCount(netstat, "InOctets"u8));
        Add(families, OwnMetricDefinitions.ProcessNetworkTransmitBytes, ProcText.IpExtCount(netstat, "OutOctets"u8));
    }

    private static void Add(List<MetricFamily> families, ReservedFamily declaration, double? value)
    {
        if (value is { } number)
        {
            families.Add(new MetricFamily
            {
                Name = declaration.Name,
                Help = declaration.Help,
                Type = declaration.Type,
                Metrics = [new Metric { ValueType = declaration.Type, Number = number }],
            });
        }
    }

    private void AddStat(List<MetricFamily> families)
    {
        if (ProcessStat.TryParse(Read("stat")) is not { } stat)
        {
            return;
        }

        Add(families, OwnMetricDefinitions.ProcessCpuSeconds, stat.CpuSeconds);
        Add(families, OwnMetricDefinitions.ProcessVirtualMemory, stat.VirtualBytes);
        Add(families, OwnMetricDefinitions.ProcessResidentMemory, stat.ResidentPages * (double)Environment.SystemPageSize);
        _bootSeconds ??= ReadBootSeconds();
        Add(families, OwnMetricDefinitions.ProcessStartTime, _bootSeconds + stat.StartSecondsAfterBoot);
    }

    /// <summary>Like the Go client's count, it includes the descriptor by which it is counting.</summary>
    private double? CountOpenFds()
    {
        try
        {
            int count = 0;

            // No string an entry: a busy gateway has thousands.
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

    /// <summary>When the machine started, in seconds since 1970.</summary>
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

    /// <summary>A file of this process's folder, until the next one is read; empty where it cannot be read.</summary>
    private ReadOnlySpan<byte> Read(string file)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(Path.Combine(_self, file));
            int length = 0;
            int read;
            do
            {
                // The kernel hands such a file out in pieces.
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
