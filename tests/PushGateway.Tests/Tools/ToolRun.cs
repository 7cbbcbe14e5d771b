using PushGateway.Tools;
using Xunit;

namespace PushGateway.Tests.Tools;

/// <summary>The exit code and output of a command.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    public static Task<ToolRun> OfAsync(params string[] args) => OfAsync([], args);

    /// <param name="input">Its standard input.</param>
    public static Task<ToolRun> OfAsync(byte[] input, params string[] args) => OfAsync(() => new MemoryStream(input), args);

    /// <param name="openInput">Opens its standard input.</param>
    public static async Task<ToolRun> OfAsync(Func<Stream> openInput, params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Task<int>? run = CommandRunner.TryRun(args, "prog", openInput, output, errors);
        Assert.NotNull(run);
        int exitCode = await run;
        return new ToolRun(exitCode, output.ToString(), errors.ToString());
    }
}
