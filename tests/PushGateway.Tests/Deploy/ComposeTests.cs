using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using YamlDotNet.Serialization;

namespace PushGateway.Tests.Deploy;

/// <summary>deploy/compose, as far as it can be known without a container engine.</summary>
public sealed class ComposeTests
{
    private static readonly string Folder = Repository.PathOf("deploy", "compose");

    [Fact]
    public void Services_EachFileThatIsMounted_Exists()
    {
        Dictionary<string, object> services = Map(Read("compose.yaml")["services"]);

        Assert.Equal(["pushgateway", "prometheus", "grafana"], services.Keys);
        string[] mounted =
        [
            .. services.Values.SelectMany(service => Map(service).GetValueOrDefault("volumes") as List<object> ?? [])
                .Select(volume => ((string)volume).Split(':')[0]).Where(source => source.StartsWith('.')),
        ];
        Assert.True(mounted.Length >= 5);
        Assert.All(mounted, source => Assert.True(File.Exists(Path.Combine(Folder, source)), source));
    }

    [Fact]
    public void Images_OfOthers_HaveAVersion() => Assert.All(
        Map(Read("compose.yaml")["services"]).Where(service => service.Key != "pushgateway"),
        service => Assert.Matches(@"^[a-z]+/[a-z]+:v?\d+\.\d+\.\d+$", (string)Map(service.Value)["image"]));

    [Fact]
    public void Addresses_NameServicesAndTheirPorts()
    {
        Assert.Contains("http://prometheus:9090", File.ReadAllText(Path.Combine(Folder, "grafana", "datasource.yaml")), StringComparison.Ordinal);
        Assert.Contains("\"pushgateway:9091\"", File.ReadAllText(Path.Combine(Folder, "prometheus.yml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrometheusConfiguration_ByPromtool_IsValid()
    {
        string promtool = Tool.PathOrSkip("promtool", "prometheus");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("compose-test-");
        try
        {
            File.Copy(Path.Combine(Folder, "prometheus.yml"), Path.Combine(folder.FullName, "prometheus.yml"));
            File.Copy(
                Repository.PathOf("deploy", "prometheus", "pushgateway.rules.yml"), Path.Combine(folder.FullName, "pushgateway.rules.yml"));

            ToolResult result = await ChildProcess.RunAsync(promtool, ["check", "config", Path.Combine(folder.FullName, "prometheus.yml")]);

            Assert.Contains("SUCCESS", result.OutputOfSuccess() + result.Errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Dictionary<string, object> Read(string file) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(Folder, file)));

    private static Dictionary<string, object> Map(object node) =>
        ((Dictionary<object, object>)node).ToDictionary(pair => (string)pair.Key, pair => pair.Value);
}
