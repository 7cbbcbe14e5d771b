using Microsoft.Extensions.Logging.Abstractions;
using PushGateway.Access;
using PushGateway.CommandLine;
using PushGateway.ConfigFiles;
using PushGateway.WebConfig;

namespace PushGateway.Tools;

/// <summary><c>check config</c>: whether the server would start with these files, or take them when they change.</summary>
internal static class ConfigCheck
{
    public static async Task<int> RunAsync(CliContext call)
    {
        if (!call.TryReadFlags(out GatewayOptions? options))
        {
            return CliContext.Failed;
        }
        if (options.WebConfigFile.Length + options.AccessConfigFile.Length == 0)
        {
            return call.Refuse("expected --web.config.file, --access.config.file or both");
        }

        bool isGood = true;
        WebConfigReloader? web = null;
        if (options.WebConfigFile is { Length: > 0 } webFile)
        {
            WebConfigReloader.TryLoad(webFile, TimeProvider.System, NullLogger.Instance, out web, out string? error);
            isGood &= await TellAsync(call, webFile, error);
        }
        if (options.AccessConfigFile is { Length: > 0 } accessFile)
        {
            isGood &= await TellAsync(call, accessFile, FindAccessError(options, web));
        }
        return isGood ? 0 : CliContext.Failed;
    }

    /// <summary>Whether the users are there that it names can be told only with a web config that can be used.</summary>
    private static string? FindAccessError(GatewayOptions options, WebConfigReloader? web)
    {
        if (options.WebConfigFile.Length > 0 && web is null)
        {
            return ConfigFile<AccessDocument>.Read(options.AccessConfigFile, AccessDocument.TryParse).Error;
        }
        AccessReloader.TryLoad(options.AccessConfigFile, web, NullLogger.Instance, out _, out string? error);
        return error;
    }

    private static async Task<bool> TellAsync(CliContext call, string file, string? error)
    {
        if (error is null)
        {
            await call.Output.WriteAsync($"{file}: OK\n");
            return true;
        }
        string start = $"{file}: ";
        string rest = error.StartsWith(start, StringComparison.Ordinal) ? error[start.Length..] : error;
        foreach (string one in ConfigErrors.Split(rest))
        {
            await call.Errors.WriteAsync($"{start}{one}\n");
        }
        return false;
    }
}
