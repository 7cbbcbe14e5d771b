using k8s.Models;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;
using YamlDotNet.Core;

namespace PushGateway.Tests.Deploy;

/// <summary>The manifests of deploy/kubernetes are valid and refer to each other.</summary>
public sealed class KubernetesManifestTests
{
    [Fact]
    public void Manifests_ReadStrictly_FindEachOther()
    {
        IReadOnlyList<object> objects = KubernetesObjects.Read(TextOf("pushgateway.yaml"));

        V1Service service = Assert.Single(objects.OfType<V1Service>());
        V1Deployment deployment = Assert.Single(objects.OfType<V1Deployment>());
        V1PersistentVolumeClaim claim = Assert.Single(objects.OfType<V1PersistentVolumeClaim>());
        V1PodSpec pod = deployment.Spec.Template.Spec;
        Assert.Equal(service.Spec.Selector, deployment.Spec.Template.Metadata.Labels);
        Assert.Equal(deployment.Spec.Selector.MatchLabels, deployment.Spec.Template.Metadata.Labels);
        Assert.Equal(claim.Metadata.Name, Assert.Single(pod.Volumes).PersistentVolumeClaim.ClaimName);
        V1Container container = Assert.Single(pod.Containers);
        Assert.Equal(service.Spec.Ports[0].TargetPort.Value, Assert.Single(container.Ports).Name);
        Assert.StartsWith(container.VolumeMounts[0].MountPath, container.Args[0]["--persistence.file=".Length..]);
    }

    [Fact]
    public void ManifestsOfACluster_ReadStrictly_FindEachOther()
    {
        IReadOnlyList<object> objects = KubernetesObjects.Read(TextOf("cluster.yaml"));

        V1Service service = Assert.Single(objects.OfType<V1Service>());
        V1Deployment deployment = Assert.Single(objects.OfType<V1Deployment>());
        V1PodDisruptionBudget budget = Assert.Single(objects.OfType<V1PodDisruptionBudget>());
        Dictionary<string, object> monitor = Assert.Single(objects.OfType<Dictionary<string, object>>());
        V1PodSpec pod = deployment.Spec.Template.Spec;
        Assert.Equal(service.Spec.Selector, deployment.Spec.Template.Metadata.Labels);
        Assert.Equal(deployment.Spec.Selector.MatchLabels, deployment.Spec.Template.Metadata.Labels);
        Assert.Equal(deployment.Spec.Selector.MatchLabels, budget.Spec.Selector.MatchLabels);
        Assert.Equal("ServiceMonitor", monitor["kind"]);
        Assert.True(deployment.Spec.Replicas > 1);
        V1Container container = Assert.Single(pod.Containers);
        V1Volume volume = Assert.Single(pod.Volumes);
        V1VolumeMount mount = Assert.Single(container.VolumeMounts);
        Assert.Equal(volume.Name, mount.Name);
        Assert.Equal($"--cluster.postgres-file={mount.MountPath}/{Assert.Single(volume.Secret.Items).Path}", container.Args[0]);
        Assert.Equal($"--cluster.replica=$({Assert.Single(container.Env).Name}):{container.Ports[0].ContainerPort}", container.Args[1]);
        Assert.Contains("--cluster.scrape=lease", container.Args);
        Assert.Contains(
            $"create secret generic {volume.Secret.SecretName}", TextOf("cluster.yaml"), StringComparison.Ordinal);
        Assert.Contains($"--from-literal={volume.Secret.Items[0].Key}=", TextOf("cluster.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void ServiceMonitor_Read_IsOne() =>
        Assert.Equal("ServiceMonitor", Assert.IsType<Dictionary<string, object>>(
            Assert.Single(KubernetesObjects.Read(TextOf("servicemonitor.yaml"))))["kind"]);

    [Fact]
    public void Manifests_WithAnUnknownField_AreRefused() =>
        Assert.Throws<YamlException>(() => KubernetesObjects.Read(
            TextOf("pushgateway.yaml").Replace("readinessProbe", "readynessProbe", StringComparison.Ordinal)));

    private static string TextOf(string file) => File.ReadAllText(Repository.PathOf("deploy", "kubernetes", file));
}
