using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;
using PushGateway.CommandLine;
using PushGateway.Lifecycle;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>
/// Helm accepts the chart, and renders each values file in deploy/helm/golden to the golden file beside it. After an intended
/// change, PUSHGATEWAY_ACCEPT_GOLDEN=1 rewrites the golden files. Review the difference before you commit it.
/// </summary>
public sealed partial class HelmChartTests
{
    private static readonly string Chart = Repository.PathOf("deploy", "helm", "prometheus-pushgateway");
    private static readonly string Golden = Repository.PathOf("deploy", "helm", "golden");

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateFiles(Golden, "*.values.yaml").Select(path => Path.GetFileName(path).Split('.')[0]).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Template_ValuesFile_GivesWhatIsKept(string name)
    {
        ToolResult result = await HelmAsync(
            "template", "pushgateway", Chart, "--namespace=default", $"--values={ValuesOf(name)}");
        // A new salt each time.
        string rendered = BcryptHash().Replace(result.OutputOfSuccess(), "$$2a$$10$$a-hash");
        string kept = Path.Combine(Golden, $"{name}.golden.yaml");
        if (Environment.GetEnvironmentVariable("PUSHGATEWAY_ACCEPT_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(kept, rendered, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken), rendered);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Lint_ValuesFile_HasNothingToComplainAbout(string name) =>
        (await HelmAsync("lint", "--strict", Chart, $"--values={ValuesOf(name)}")).OutputOfSuccess();

    [Theory]
    [InlineData("'httpRoute' not allowed", "httpRoute.enabled=true")]
    [InlineData("'tll' not allowed", "lifecycleConfiguration.rules[0].match=x,lifecycleConfiguration.rules[0].tll=1h")]
    [InlineData("podAntiAffinity", "podAntiAffinity=hrad")]
    [InlineData("ingress.hosts is empty", "ingress.enabled=true")]
    [InlineData("replicaCount is more than 1 without cluster.enabled", "replicaCount=2")]
    [InlineData("replicaCount is more than 1 without cluster.enabled", "replicaCount=2,runAsStatefulSet=true")]
    [InlineData("cluster.existingSecret.name is empty", "cluster.enabled=true")]
    [InlineData(
        "persistentVolume.enabled and cluster.enabled exclude each other",
        "cluster.enabled=true,cluster.existingSecret.name=a,persistentVolume.enabled=true")]
    [InlineData(
        "runAsStatefulSet and cluster.enabled exclude each other",
        "cluster.enabled=true,cluster.existingSecret.name=a,runAsStatefulSet=true")]
    [InlineData(
        "serviceMonitor.enabled needs cluster.scrape=lease",
        "cluster.enabled=true,cluster.existingSecret.name=a,cluster.scrape=all,serviceMonitor.enabled=true")]
    [InlineData("cluster", "cluster.scrape=some")]
    [InlineData("both basicAuthUsers and existingSecret", "webConfiguration.basicAuthUsers.a=b,webConfiguration.existingSecret.name=c")]
    public async Task Template_WrongValue_IsRefusedByName(string reason, string value)
    {
        ToolResult result = await HelmAsync("template", "pushgateway", Chart, $"--set={value}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Errors);
    }

    /// <summary>Checks of the golden files that helm does not make without a cluster. Runs without helm.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Golden_ReadStrictly_FindEachOther(string name)
    {
        IReadOnlyList<object> objects = KubernetesObjects.Read(File.ReadAllText(Path.Combine(Golden, $"{name}.golden.yaml")));

        V1PodTemplateSpec template = objects.OfType<V1Deployment>().Select(o => o.Spec.Template)
            .Concat(objects.OfType<V1StatefulSet>().Select(o => o.Spec.Template)).Single();
        V1Service service = objects.OfType<V1Service>().Single();
        Assert.Subset(
            template.Metadata.Labels.ToHashSet(), service.Spec.Selector.ToHashSet());
        V1Container container = template.Spec.Containers[0];
        string[] volumes =
        [
            .. template.Spec.Volumes?.Select(volume => volume.Name) ?? [],
            .. objects.OfType<V1StatefulSet>().SelectMany(o => o.Spec.VolumeClaimTemplates ?? []).Select(c => c.Metadata.Name),
        ];
        Assert.Equal(
            volumes.Order(StringComparer.Ordinal),
            container.VolumeMounts.Select(mount => mount.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>Runs without helm.</summary>
    [Theory]
    [InlineData("full", 2)]
    [InlineData("secured", 1)]
    public void Golden_LifecycleFile_IsValidAndWhereTheFlagSays(string name, int rules)
    {
        IReadOnlyList<object> objects = KubernetesObjects.Read(File.ReadAllText(Path.Combine(Golden, $"{name}.golden.yaml")));
        V1ConfigMap map = objects.OfType<V1ConfigMap>().Single(map => map.Data?.ContainsKey("lifecycle.yml") == true);
        V1PodSpec pod = objects.OfType<V1Deployment>().Single().Spec.Template.Spec;
        string volume = pod.Volumes.Single(volume => volume.ConfigMap?.Name == map.Metadata.Name).Name;
        string folder = pod.Containers[0].VolumeMounts.Single(mount => mount.Name == volume).MountPath;

        Assert.Contains($"--lifecycle.config.file={folder}/lifecycle.yml", pod.Containers[0].Args);
        Assert.True(
            LifecycleDocument.TryParse(map.Data["lifecycle.yml"], out LifecycleDocument? document, out string? error), error);
        Assert.Equal(rules, document.Rules.Count);
    }

    /// <summary>Runs without helm.</summary>
    [Theory]
    [InlineData("cluster")]
    [InlineData("cluster-full")]
    public void Golden_OfACluster_GivesEachReplicaTheAddressAndANameOfItsOwn(string name)
    {
        IReadOnlyList<object> objects = KubernetesObjects.Read(File.ReadAllText(Path.Combine(Golden, $"{name}.golden.yaml")));
        V1PodSpec pod = objects.OfType<V1Deployment>().Single().Spec.Template.Spec;
        V1Container container = pod.Containers[0];

        string file = container.Args.Single(flag => flag.StartsWith("--cluster.postgres-file=", StringComparison.Ordinal))
            ["--cluster.postgres-file=".Length..];
        V1SecretVolumeSource secret = pod.Volumes.Single(volume => volume.Name == "cluster-postgres").Secret;
        string folder = container.VolumeMounts.Single(mount => mount.Name == "cluster-postgres").MountPath;
        Assert.Equal($"{folder}/{Assert.Single(secret.Items).Path}", file);
        string replica = container.Args.Single(flag => flag.StartsWith("--cluster.replica=", StringComparison.Ordinal));
        Assert.Contains("$(POD_IP)", replica, StringComparison.Ordinal);
        Assert.Equal(
            "status.podIP", container.Env.Single(variable => variable.Name == "POD_IP").ValueFrom.FieldRef.FieldPath);
        Assert.DoesNotContain(container.Args, flag => flag.StartsWith("--persistence", StringComparison.Ordinal));
        Assert.Empty(objects.OfType<V1PersistentVolumeClaim>());
        Assert.Single(objects.OfType<V1PodDisruptionBudget>());
        string[] flags = [.. container.Args.Select(flag => flag[..flag.IndexOf('=', StringComparison.Ordinal)])];
        Assert.All(flags, flag => Assert.Contains(FlagTable.All, known => known.Name == flag));
    }

    /// <summary>Runs without helm.</summary>
    [Fact]
    public void Schema_KeysOfALifecycleRule_AreThoseOfThePageAndOfARule()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart, "values.schema.json")))!;
        JsonObject keys = schema["properties"]!["lifecycleConfiguration"]!["properties"]!["rules"]!["items"]!["properties"]!.AsObject();
        string page = File.ReadAllText(Repository.PathOf("docs", "lifecycle.md"));
        int table = page.IndexOf("| Key |", StringComparison.Ordinal);
        IEnumerable<string> described = page[table..page.IndexOf("\n\n", table, StringComparison.Ordinal)].Split('\n').Skip(2)
            .Select(row => row.Split('`')[1]);

        Assert.Equal(keys.Select(key => key.Key).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Equal(typeof(LifecycleRule).GetProperties().Length, keys.Count);
    }

    private static string ValuesOf(string name) => Path.Combine(Golden, $"{name}.values.yaml");

    private static Task<ToolResult> HelmAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Tool.PathOrSkip("helm", "none: see CONTRIBUTING.md"), arguments);

    [GeneratedRegex(@"\$2a\$10\$[./A-Za-z0-9]{53}")]
    private static partial Regex BcryptHash();
}
