using Microsoft.Extensions.Logging.Abstractions;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.Lifecycle;
using PushGateway.WebConfig;

namespace PushGateway.Tools;

/// <summary><c>check config</c>: checks whether the server would accept these files at the start or on a reload.</summary>
internal static class ConfigCheck
{
    public static async Task<int> RunAsync(CliContext context)
    {
        if (!context.TryReadFlags(out GatewayOptions? options))
        {
            return CliContext.Failed;
        }
        if (options.WebConfigFile.Length + options.AccessConfigFile.Length + options.LifecycleConfigFile.Length == 0)
        {
            return context.Fail("expected --web.config.file, --access.config.file or --lifecycle.config.file");
        }

        bool isValid = true;
        WebConfigReloader? web = null;
        if (options.WebConfigFile is { Length: > 0 } webFile)
        {
            WebConfigReloader.TryLoad(webFile, TimeProvider.System, NullLogger.Instance, out web, out string? error);
            isValid &= await ReportAsync(context, webFile, error);
        }
        if (options.AccessConfigFile is { Length: > 0 } accessFile)
        {
            isValid &= await ReportAsync(context, accessFile, FindAccessError(options, web));
        }
        if (options.LifecycleConfigFile is { Length: > 0 } lifecycleFile)
        {
            string? error = ConfigFile<LifecycleDocument>.Read(lifecycleFile, LifecycleDocument.TryParse).Error;
            isValid &= await ReportAsync(context, lifecycleFile, error);
        }
        return isValid ? 0 : CliContext.Failed;
    }

    /// <summary>Without a valid web config, the check cannot cover the users that the access file names.</summary>
    private static string? FindAccessError(GatewayOptions options, WebConfigReloader? web)
    {
        if (options.WebConfigFile.Length > 0 && web is null)
        {
            return ConfigFile<AccessDocument>.Read(options.AccessConfigFile, AccessDocument.TryParse).Error;
        }
        AccessReloader.TryLoad(options.AccessConfigFile, web, NullLogger.Instance, out _, out string? error);
        return error;
    }

    private static async Task<bool> ReportAsync(CliContext context, string file, string? error)
    {
        if (error is null)
        {
            await context.Output.WriteAsync($"{file}: OK\n");
            return true;
        }
        string start = $"{file}: ";
        string rest = error.StartsWith(start, StringComparison.Ordinal) ? error[start.Length..] : error;
        foreach (string line in ConfigErrors.Split(rest))
        {
            await context.Errors.WriteAsync($"{start}{line}\n");
        }
        return false;
    }
}
