namespace PushGateway.Http.Responses;

/// <summary>The methods that change nothing.</summary>
internal static class ReadOnlyMethods
{
    public static bool Contains(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
