using System.Diagnostics.CodeAnalysis;
using PushGateway.Access;
using PushGateway.Core.Query;
using PushGateway.Http.Responses;
using PushGateway.Metrics;

namespace PushGateway.Http;

/// <summary><c>/api/v1/completions</c>: completions for labels, their values, and names of metrics.</summary>
internal sealed class CompletionsEndpoint(CompletionCache cache)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 1_000;

    public static void Map(IEndpointRouteBuilder routes, string prefix)
    {
        CompletionsEndpoint endpoint = routes.ServiceProvider.GetRequiredService<CompletionsEndpoint>();
        routes.MapGet($"{prefix}/api/v1/completions", endpoint.WriteAsync)
            .Requires(Permissions.Read).WithRequestCounter(HandlerName.ApiCompletions);
    }

    private async Task WriteAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (!TryChoose(query, out Func<CompletionIndex, IReadOnlyList<Completion>>? choose, out string? error)
            || !GroupQuery.TryParseCount(query, "limit", DefaultLimit, MaxLimit, out int limit, out error))
        {
            await context.Response.WriteBadDataAsync(error);
            return;
        }
        CompletionIndex index = cache.Read(context.RequestAborted);
        IEnumerable<CompletionResponse> found = CompletionIndex.Find(choose(index), query["prefix"].ToString(), limit)
            .Select(completion => new CompletionResponse(completion.Text.ToString(), completion.Groups));
        await context.Response.WriteDataAsync(found, ApiJson.Default.ApiResponseIEnumerableCompletionResponse);
    }

    private static bool TryChoose(
        IQueryCollection query,
        [NotNullWhen(true)] out Func<CompletionIndex, IReadOnlyList<Completion>>? choose,
        [NotNullWhen(false)] out string? error)
    {
        string kind = query["kind"].ToString();
        string label = query["label"].ToString();
        choose = kind switch
        {
            "label" => index => index.Labels,
            "metric" => index => index.Metrics,
            "value" when label.Length > 0 => index => index.ValuesOf(label),
            _ => null,
        };
        error = choose is not null ? null
            : kind == "value" ? "label: give the name of the label whose values to complete"
            : $"kind: {GoQuote.Quote(kind)} must be label, value or metric";
        return choose is not null;
    }
}
