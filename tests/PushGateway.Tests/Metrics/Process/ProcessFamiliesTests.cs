using PushGateway.Core.Model;
using PushGateway.Metrics.Process;
using Xunit;

namespace PushGateway.Tests.Metrics.Process;

public sealed class ProcessFamiliesTests : IDisposable
{
    private const string Stat =
        "42 (a ) (b) S 1 42 42 0 -1 4194304 99 0 0 0 150 25 0 0 20 0 9 0 89456 3133440 394 18446744073709551615 1 2\n";

    private readonly string _proc = Directory.CreateTempSubdirectory("proc").FullName;

    public ProcessFamiliesTests()
    {
        Directory.CreateDirectory(Path.Combine(_proc, "self", "fd"));
        Directory.CreateDirectory(Path.Combine(_proc, "self", "net"));
    }

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Fact]
    public void AddTo_AllFilesThere_HasAllNineFamilies()
    {
        Write("stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 9\n");
        Write("self/stat", Stat);
        Write("self/fd/0", "");
        Write("self/fd/1", "");
        Write("self/limits", """
            Limit                     Soft Limit           Hard Limit           Units
            Max open files            20000                40000                files
            Max address space         unlimited            unlimited            bytes

            """);
        Write("self/net/netstat", """
            TcpExt: SyncookiesSent InOctets
            TcpExt: 1 2
            IpExt: InNoRoutes InOctets OutOctets
            IpExt: 0 7000 300

            """);

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["process_cpu_seconds_total"] = 1.75,
                ["process_virtual_memory_bytes"] = 3_133_440,
                ["process_resident_memory_bytes"] = 394.0 * Environment.SystemPageSize,
                ["process_start_time_seconds"] = 1_700_000_894.56,
                ["process_open_fds"] = 2,
                ["process_max_fds"] = 20_000,
                ["process_virtual_memory_max_bytes"] = 18_446_744_073_709_551_615.0,
                ["process_network_receive_bytes_total"] = 7000,
                ["process_network_transmit_bytes_total"] = 300,
            },
            Collect(_proc));
    }

    [Fact]
    public void AddTo_NoProc_HasNoFamilies() => Assert.Empty(Collect(Path.Combine(_proc, "absent")));

    [Theory]
    [InlineData("self/stat", "")]
    [InlineData("self/stat", "42 (a")]
    [InlineData("self/stat", "42 (a) S 1 42")]
    [InlineData("self/stat", "42 (a) S 1 42 42 0 -1 4194304 99 0 0 0 x 25 0 0 20 0 9 0 89456 3133440 394 1")]
    [InlineData("self/limits", "")]
    [InlineData("self/limits", "Max open files")]
    [InlineData("self/limits", "Max open files            many                 40000                files")]
    [InlineData("self/net/netstat", "IpExt: InOctets")]
    [InlineData("self/net/netstat", "IpExt: InOctets\nIpExt: ")]
    [InlineData("self/net/netstat", "IpExt: InNoRoutes\nIpExt: 1")]
    public void AddTo_FileNotUnderstood_LeavesItsFamiliesOut(string file, string text)
    {
        Write(file, text);

        Assert.Equal(["process_open_fds"], Collect(_proc).Keys);
    }

    [Fact]
    public void AddTo_NoBootTime_LeavesTheStartTimeOutOnly()
    {
        Write("stat", "cpu  1 2 3\n");
        Write("self/stat", Stat);

        Assert.Equal(
            [
                "process_cpu_seconds_total",
                "process_open_fds",
                "process_resident_memory_bytes",
                "process_virtual_memory_bytes",
            ],
            Collect(_proc).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AddTo_ThisProcess_AgreesWithTheRuntime()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc.");

        Dictionary<string, double> families = Collect("/proc");
        DateTime start = System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime();
        Assert.Equal(9, families.Count);
        Assert.Equal((start - DateTime.UnixEpoch).TotalSeconds, families["process_start_time_seconds"], tolerance: 2);
        Assert.InRange(
            families["process_resident_memory_bytes"],
            Environment.WorkingSet * 0.5,
            Environment.WorkingSet * 2.0);
        Assert.InRange(families["process_open_fds"], 3, families["process_max_fds"]);
    }

    private static Dictionary<string, double> Collect(string proc)
    {
        var families = new List<MetricFamily>();
        new ProcessFamilies(proc).AddTo(families);
        return families.ToDictionary(family => family.Name.ToString(), family => Assert.Single(family.Metrics).Number);
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_proc, file), text);
}
