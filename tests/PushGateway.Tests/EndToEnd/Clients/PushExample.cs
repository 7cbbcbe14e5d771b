namespace PushGateway.Tests.EndToEnd.Clients;

/// <summary>The unchanged C# example of docs/pushing.md.</summary>
internal static class PushExample
{
    /// <param name="http">Its base address is that of the gateway.</param>
    public static async Task RunAsync(HttpClient http)
    {
        using var body = new StringContent("backup_bytes 42\n");
        using HttpResponseMessage answer = await http.PutAsync("/metrics/job/nightly/instance/db-1", body);
        answer.EnsureSuccessStatusCode();
    }
}
