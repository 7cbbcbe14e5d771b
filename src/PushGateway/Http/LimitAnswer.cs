using PushGateway.Core.Model;

namespace PushGateway.Http;

/// <summary>How a request that is beyond a limit is answered.</summary>
/// <param name="Flag">What sets the limit, for the client's operator.</param>
/// <param name="Name">The limit's name in metrics.</param>
internal sealed record LimitAnswer(int Status, string Flag, string Name)
{
    /// <summary>For more requests at a time than may be.</summary>
    public static readonly LimitAnswer Requests =
        new(StatusCodes.Status503ServiceUnavailable, "web.max-requests", "requests");

    public static LimitAnswer Of(PushLimit limit) => limit switch
    {
        PushLimit.BodySize => new(StatusCodes.Status413PayloadTooLarge, "push.max-body-size", "body_size"),
        PushLimit.Series => new(StatusCodes.Status422UnprocessableEntity, "push.max-series", "series"),
        PushLimit.Labels => new(StatusCodes.Status422UnprocessableEntity, "push.max-labels", "labels"),
        PushLimit.NameLength => new(StatusCodes.Status422UnprocessableEntity, "push.max-name-length", "name_length"),
        PushLimit.ValueLength => new(StatusCodes.Status422UnprocessableEntity, "push.max-value-length", "value_length"),
        PushLimit.StoredSeries => new(StatusCodes.Status429TooManyRequests, "store.max-series", "stored_series"),
        PushLimit.StoredGroups => new(StatusCodes.Status429TooManyRequests, "store.max-groups", "stored_groups"),
        _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, "no limit"),
    };

    public string Describe(string message) => $"{message} (--{Flag})";
}
