using System.Diagnostics;
using System.Text;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>A program that a test started, with its output. Dispose kills it by its process id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _reading;

    private ChildProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(
            CollectAsync(process.StandardOutput, _output), CollectAsync(process.StandardError, _errors));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Its standard output so far.</summary>
    public string Output => TextOf(_output);

    public string Errors => TextOf(_errors);

    /// <summary>Starts a program without input. The environment's proxies do not apply to loopback addresses.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string? name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["no_proxy"] = start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        return new ChildProcess(process);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        await using ChildProcess child = Start(program, arguments, Path.GetTempPath(), environment);
        int exitCode = await child.WaitForExitAsync(Deadline.Tool);
        return new ToolResult(exitCode, child.Output, child.Errors);
    }

    /// <summary>Waits for the program to exit and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using CancellationTokenSource deadline = Deadline.Of(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _reading.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            Assert.Fail($"{_process.StartInfo.FileName} did not end within {limit.TotalSeconds} s\n{Output}\n{Errors}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder text)
    {
        char[] buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            lock (text)
            {
                text.Append(buffer, 0, count);
            }
        }
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}

/// <summary>Exit code and output of a program.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The standard output. Fails the test unless the exit code is 0.</summary>
    public string OutputOfSuccess()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return Output;
    }
}
