using System.Globalization;
using System.Text.Json;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>The image, as far as it can be known without a container engine.</summary>
public sealed class ContainerTests
{
    private static readonly string[] Known =
        ["ARG", "COPY", "ENTRYPOINT", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "USER", "WORKDIR"];

    private static readonly IReadOnlyList<DockerInstruction> Instructions = DockerInstruction.ReadAll();

    private static IEnumerable<DockerInstruction> LastStage =>
        Instructions.Skip(Instructions.Select(i => i.Name).ToList().LastIndexOf("FROM"));

    [Fact]
    public async Task Rehearsal_OfTheLastStage_RunsAsTheImageWould()
    {
        string binary = GatewayBinary.PathOrSkip();
        foreach (string program in (string[])["unshare", "nsenter", "setpriv"])
        {
            Tool.PathOrSkip(program, "util-linux");
        }
        Tool.PathOrSkip("curl", "curl");
        Tool.PathOrSkip("pgrep", "procps");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces and mounts take root");
        ToolResult unshare = await ChildProcess.RunAsync("unshare", ["--mount", "--pid", "--fork", "true"]);
        Assert.SkipUnless(unshare.ExitCode == 0, $"no namespaces here: {unshare.Errors}");

        ToolResult result = await ChildProcess.RunAsync(
            Repository.PathOf("deploy", "container", "rehearse.sh"),
            [binary, LoopbackPort.Next().ToString(CultureInfo.InvariantCulture)]);

        Assert.EndsWith("all steps passed\n", result.OutputOfSuccess());
    }

    [Fact]
    public void Dockerfile_Instructions_AreKnown() =>
        Assert.All(Instructions, instruction => Assert.Contains(instruction.Name, Known));

    [Fact]
    public void Dockerfile_LastStage_IsThatOfTheGoImage()
    {
        Assert.Equal("65534:65534", TextOf("USER"));
        Assert.Equal("/pushgateway", TextOf("WORKDIR"));
        Assert.Equal("9091", TextOf("EXPOSE"));
        Assert.Equal(["/bin/pushgateway"], JsonSerializer.Deserialize<string[]>(TextOf("ENTRYPOINT"))!);
        // It has no shell for these.
        Assert.DoesNotContain(LastStage, instruction => instruction.Name == "RUN");
        string check = TextOf("HEALTHCHECK");
        Assert.Equal(
            ["/bin/pushgateway", "--healthcheck"],
            JsonSerializer.Deserialize<string[]>(check[(check.IndexOf("CMD ", StringComparison.Ordinal) + 4)..])!);
    }

    [Fact]
    public void Dockerfile_BaseImages_HaveOneUbuntuAndNoMovingTag()
    {
        string[] images = [.. Instructions.Where(i => i.Name == "FROM").Select(i => i.Text.Split(' ')[0])];

        Assert.Equal("VARIANT=-chiseled", Instructions[0].Text);
        Assert.All(images, image => Assert.Matches(@"^mcr\.microsoft\.com/dotnet/[a-z-]+:10\.0-noble(\$\{VARIANT\})?$", image));
    }

    [Fact]
    public void Dockerfile_CopiedFiles_AreThereAndNotIgnored()
    {
        string[] admitted =
        [
            .. File.ReadLines(Repository.PathOf(".dockerignore")).Where(line => line.StartsWith('!'))
                .Select(line => line[1..].TrimEnd('/')),
        ];
        string[] copied =
        [
            .. Instructions.Where(i => i.Name == "COPY" && !i.Text.StartsWith("--from", StringComparison.Ordinal))
                .SelectMany(i => i.Text.Split(' ')[..^1]),
        ];

        Assert.True(copied.Length > 5);
        Assert.All(copied, path =>
        {
            Assert.True(Path.Exists(Repository.PathOf(path)), $"{path} is not there");
            Assert.Contains(admitted, name => path.TrimEnd('/') == name || path.StartsWith(name + "/", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Dockerfile_AptGet_LeavesNothingBehind() =>
        Assert.All(
            Instructions.Where(i => i.Text.Contains("apt-get install", StringComparison.Ordinal)),
            i => Assert.Matches("^apt-get update +&& apt-get install -y --no-install-recommends .*&& rm -rf /var/lib/apt/lists/\\*$", i.Text));

    [Fact]
    public void Dockerfile_Restore_IsLocked()
    {
        Assert.Contains(Instructions, i => i.Text.Contains("--locked-mode", StringComparison.Ordinal));
        Assert.Equal(2, Instructions.Count(i => i.Name == "COPY" && i.Text.Contains("packages.lock.json", StringComparison.Ordinal)));
    }

    private static string TextOf(string name) => LastStage.Single(instruction => instruction.Name == name).Text;
}
