using System.Security.Cryptography;
using System.Text;
using PushGateway.Tests.WebConfig;

namespace PushGateway.Tests.Access;

/// <summary>A temporary folder with an access file, <c>access.yml</c>, and a web config file with users.</summary>
internal sealed class AccessFolder : IDisposable
{
    // "secret"
    private const string PasswordHash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

    public WebConfigFolder Web { get; } = new();

    public string Flag => $"--access.config.file={Web.PathOf("access.yml")}";

    public void Write(string text) => Web.Write("access.yml", text);

    /// <summary>A web config with these users, whose passwords are "secret".</summary>
    public void WriteUsers(params string[] users) => Web.WriteConfig(UserLines(users));

    public static string UserLines(params string[] users) =>
        "basic_auth_users:\n" + string.Concat(users.Select(user => $"  {user}: {PasswordHash}\n"));

    /// <summary>As it stands in the file.</summary>
    public static string HashOf(string token) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public static string Bearer(string token) => $"Authorization: Bearer {token}";

    public static string Basic(string user, string password = "secret") =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    public void Dispose() => Web.Dispose();
}
