namespace PushGateway.Http.Responses;

/// <summary>The response to a request that exceeds a limit.</summary>
/// <param name="Flag">The flag that sets the limit.</param>
/// <param name="Name">The limit's name in metrics.</param>
internal sealed record LimitResponse(int Status, string Flag, string Name)
{
    /// <summary>The limit of concurrent requests.</summary>
    public static readonly LimitResponse Requests =
        new(StatusCodes.Status503ServiceUnavailable, "web.max-requests", "requests");

    public static LimitResponse Of(LimitKind limit) => limit switch
    {
        LimitKind.BodySize => new(StatusCodes.Status413PayloadTooLarge, "push.max-body-size", "body_size"),
        LimitKind.Series => new(StatusCodes.Status422UnprocessableEntity, "push.max-series", "series"),
        LimitKind.Labels => new(StatusCodes.Status422UnprocessableEntity, "push.max-labels", "labels"),
        LimitKind.NameLength => new(StatusCodes.Status422UnprocessableEntity, "push.max-name-length", "name_length"),
        LimitKind.ValueLength => new(StatusCodes.Status422UnprocessableEntity, "push.max-value-length", "value_length"),
        LimitKind.StoredSeries => new(StatusCodes.Status429TooManyRequests, "store.max-series", "stored_series"),
        LimitKind.StoredGroups => new(StatusCodes.Status429TooManyRequests, "store.max-groups", "stored_groups"),
        LimitKind.RuleSeries => new(StatusCodes.Status422UnprocessableEntity, "lifecycle.config.file", "rule_series"),
        LimitKind.RuleGroups => new(StatusCodes.Status429TooManyRequests, "lifecycle.config.file", "rule_groups"),
        _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, "no limit"),
    };

    public string Describe(string message) => $"{message} (--{Flag})";
}
