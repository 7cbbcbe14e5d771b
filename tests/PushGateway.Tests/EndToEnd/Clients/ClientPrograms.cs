using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>
/// Runs programs that use the client library of their language. They must succeed; returns their output. Skips the running
/// test if the language or library is missing.
/// </summary>
internal static class ClientPrograms
{
    /// <summary>Debian's own interpreter: another one on the PATH does not see Debian's packages.</summary>
    private const string Python = "/usr/bin/python3";

    private const string Ruby = "/usr/bin/ruby";

    /// <summary>Where Debian has the sources of Go libraries.</summary>
    private const string GoPath = "/usr/share/gocode";

    private const string PromClient = "prom-client";

    /// <summary>A program beside these tests.</summary>
    public static string PathOf(string language, string name) =>
        Repository.PathOf("tests", "PushGateway.Tests", "EndToEnd", "Clients", language, name);

    public static async Task<string> RunPythonAsync(string script, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not installed (Debian package python3)");
        await SkipUnlessAsync(
            Python, ["-c", "import prometheus_client"], "prometheus_client (Debian package python3-prometheus-client)");
        return await RunAsync(Python, [script, .. arguments]);
    }

    public static async Task<string> RunRubyAsync(string script, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Ruby), $"{Ruby} is not installed (Debian package ruby)");
        await SkipUnlessAsync(
            Ruby, ["-e", "require 'prometheus/client/push'"], "prometheus/client/push (Debian package ruby-prometheus-client-mmap)");
        return await RunAsync(Ruby, [script, .. arguments]);
    }

    public static async Task<string> RunNodeAsync(string script, params string[] arguments)
    {
        string node = Tool.PathOrSkip("node", "nodejs");
        (string, string) modules = ("NODE_PATH", Repository.PathOf("artifacts", "tools", "node_modules"));
        await SkipUnlessAsync(node, ["-e", $"require('{PromClient}')"], $"{PromClient} (npm, into artifacts/tools)", modules);
        return await RunAsync(node, [script, .. arguments], modules);
    }

    public static Task<string> RunPhpAsync(string script) => RunAsync(Tool.PathOrSkip("php", "php-cli"), [script]);

    /// <param name="folder">Where the compiled program is put.</param>
    public static async Task<string> BuildGoAsync(string source, string folder)
    {
        string go = Tool.PathOrSkip("go", "golang-go");
        Assert.SkipUnless(
            Directory.Exists($"{GoPath}/src/github.com/prometheus/client_golang"),
            "no client_golang (Debian package golang-github-prometheus-client-golang-dev)");
        string program = Path.Combine(folder, Path.GetFileNameWithoutExtension(source));
        await RunAsync(
            go, ["build", "-o", program, source], ("GO111MODULE", "off"), ("GOPATH", GoPath), ("GOFLAGS", ""));
        return program;
    }

    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        (await ChildProcess.RunAsync(program, arguments, environment)).OutputOfSuccess();

    private static async Task SkipUnlessAsync(
        string program, string[] probe, string what, params (string Name, string Value)[] environment) =>
        Assert.SkipUnless(
            (await ChildProcess.RunAsync(program, probe, environment)).ExitCode == 0, $"{program} finds no {what}");
}
