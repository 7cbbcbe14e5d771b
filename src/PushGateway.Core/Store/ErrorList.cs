namespace PushGateway.Core.Store;

/// <summary>Several errors in one text, as the Go Pushgateway's clients see them.</summary>
public static class ErrorList
{
    /// <summary>One error as it is; several counted, each on a line of its own.</summary>
    public static string Join(IReadOnlyList<string> errors) => errors is [var only]
        ? only
        : $"{errors.Count} error(s) occurred:{string.Concat(errors.Select(error => $"\n* {error}"))}";
}
