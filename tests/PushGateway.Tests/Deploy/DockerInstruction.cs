using PushGateway.Tests.EndToEnd.Processes;

namespace PushGateway.Tests.Deploy;

/// <summary>The instructions of the Dockerfile.</summary>
/// <param name="Name">In capitals, as they stand there.</param>
/// <param name="Text">The rest, with continued lines joined.</param>
internal sealed record DockerInstruction(string Name, string Text)
{
    public static IReadOnlyList<DockerInstruction> ReadAll()
    {
        IEnumerable<string> lines = File.ReadAllLines(Repository.PathOf("Dockerfile"))
            .Where(line => line.Trim().Length > 0 && !line.StartsWith('#'));
        string joined = string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal);
        return [.. joined.Split('\n').Select(Parse)];
    }

    private static DockerInstruction Parse(string line)
    {
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        return new DockerInstruction(line[..blank], line[(blank + 1)..].Trim());
    }
}
