using k8s;
using Xunit;

namespace PushGateway.Tests.Deploy;

/// <summary>Manifests, read as strictly as the API server reads them: no unknown field, no value of a wrong type.</summary>
internal static class KubernetesObjects
{
    /// <summary>Objects of the Prometheus operator, whose schema is not known here.</summary>
    private static readonly Dictionary<string, Type> Custom = new(StringComparer.Ordinal)
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(Dictionary<string, object>),
    };

    public static IReadOnlyList<object> Read(string manifests)
    {
        List<object> objects = KubernetesYaml.LoadAllFromString(manifests, Custom, strict: true);
        Assert.NotEmpty(objects);
        return objects;
    }
}
