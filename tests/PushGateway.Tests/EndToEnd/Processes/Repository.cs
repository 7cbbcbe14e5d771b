namespace PushGateway.Tests.EndToEnd.Processes;

/// <summary>Paths in the checkout that these tests are built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder of the checkout; it need not exist.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PushGateway.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no PushGateway.sln above {AppContext.BaseDirectory}");
    }
}
