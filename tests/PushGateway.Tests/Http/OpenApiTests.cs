using PushGateway.Core.Persistence.Disk;
using PushGateway.Tests.EndToEnd.Processes;
using PushGateway.Tests.TestServer;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace PushGateway.Tests.Http;

/// <summary>docs/openapi.yaml says what the gateway serves, and nothing else.</summary>
public sealed class OpenApiTests
{
    private static readonly string[] Methods = ["get", "head", "put", "post", "delete", "options", "patch", "trace"];

    [Fact]
    public async Task Paths_ComparedWithTheMappedRoutes_AreTheSame()
    {
        // Of a cluster whose database does not answer: the routes are there all the same.
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            path => new DiskFolder(path),
            "--web.enable-admin-api", "--web.enable-lifecycle", "--push.default-job=x", "--cluster.postgres=postgres://127.0.0.1:1/x");
        IEnumerable<string> mapped = gateway.Endpoints.OfType<RouteEndpoint>().SelectMany(OperationsOf);

        Assert.Equal(
            mapped.Distinct().Order(StringComparer.Ordinal),
            Operations().Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Operations_AllOfThem_AreDescribed()
    {
        (string Name, YamlMappingNode Node)[] operations = [.. Operations()];

        Assert.NotEmpty(operations);
        Assert.All(operations, operation =>
        {
            Assert.NotEmpty(Text(operation.Node, "summary"));
            Assert.NotEmpty(((YamlMappingNode)operation.Node["responses"]).Children);
        });
        string[] ids = [.. operations.Select(operation => Text(operation.Node, "operationId"))];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    /// <summary>Each parameter of a path is declared, and each reference leads somewhere.</summary>
    [Fact]
    public void ParametersAndReferences_AllOfThem_AreThere()
    {
        YamlMappingNode document = Read();
        foreach ((YamlNode path, YamlNode item) in (YamlMappingNode)document["paths"])
        {
            string[] named = [.. path.ToString().Split('{').Skip(1).Select(part => part[..part.IndexOf('}')])];
            IEnumerable<string> declared = Keys(item, "parameters").Select(node => Text(Resolve(document, node), "name"));
            Assert.Equal(named.Order(StringComparer.Ordinal), declared.Order(StringComparer.Ordinal));
        }
        var references = document.AllNodes.OfType<YamlMappingNode>().Where(node => node.Children.ContainsKey("$ref")).ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Resolve(document, reference));
    }

    private static IEnumerable<string> OperationsOf(RouteEndpoint endpoint)
    {
        string path = endpoint.RoutePattern.RawText!.Replace("{**", "{", StringComparison.Ordinal);
        IReadOnlyList<string>? methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods;
        Assert.True(methods is { Count: > 0 }, $"{path} takes any method");
        return methods.Select(method => $"{method.ToLowerInvariant()} {path}");
    }

    private static IEnumerable<(string Name, YamlMappingNode Node)> Operations()
    {
        foreach ((YamlNode path, YamlNode item) in (YamlMappingNode)Read()["paths"])
        {
            foreach ((YamlNode method, YamlNode operation) in (YamlMappingNode)item)
            {
                if (method.ToString() != "parameters")
                {
                    Assert.Contains(method.ToString(), Methods);
                    yield return ($"{method} {path}", (YamlMappingNode)operation);
                }
            }
        }
    }

    private static YamlMappingNode Read()
    {
        var yaml = new YamlStream();
        using StreamReader file = File.OpenText(Repository.PathOf("docs", "openapi.yaml"));
        yaml.Load(file);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<YamlNode> Keys(YamlNode node, string key) =>
        ((YamlMappingNode)node).Children.TryGetValue(key, out YamlNode? list) ? (YamlSequenceNode)list : [];

    private static YamlNode Resolve(YamlMappingNode document, YamlNode node)
    {
        if (!((YamlMappingNode)node).Children.TryGetValue("$ref", out YamlNode? reference))
        {
            return node;
        }
        YamlNode target = document;
        Assert.StartsWith("#/", reference.ToString());
        foreach (string step in reference.ToString()[2..].Split('/'))
        {
            Assert.True(((YamlMappingNode)target).Children.TryGetValue(step, out YamlNode? next), $"{reference} is nowhere");
            target = next;
        }
        return target;
    }

    private static string Text(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;
}
