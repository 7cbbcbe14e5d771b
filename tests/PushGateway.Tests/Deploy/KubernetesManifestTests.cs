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
    public void ServiceMonitor_Read_IsOne() =>
        Assert.Equal("ServiceMonitor", Assert.IsType<Dictionary<string, object>>(
            Assert.Single(KubernetesObjects.Read(TextOf("servicemonitor.yaml"))))["kind"]);

    [Fact]
    public void Manifests_WithAnUnknownField_AreRefused() =>
        Assert.Throws<YamlException>(() => KubernetesObjects.Read(
            TextOf("pushgateway.yaml").Replace("readinessProbe", "readynessProbe", StringComparison.Ordinal)));

    private static string TextOf(string file) => File.ReadAllText(Repository.PathOf("deploy", "kubernetes", file));
}
