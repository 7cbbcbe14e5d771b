namespace PushGateway.Http.Middleware;

/// <summary>What <c>--push.lenient</c> accepted in the URL and the headers of a request.</summary>
internal sealed class RequestLeniency
{
    private Leniency _uses;

    private RequestLeniency()
    {
    }

    public static Leniency Of(HttpContext context) => context.Features.Get<RequestLeniency>()?._uses ?? Leniency.None;

    public static void Add(HttpContext context, Leniency use)
    {
        RequestLeniency? present = context.Features.Get<RequestLeniency>();
        if (present is null)
        {
            present = new RequestLeniency();
            context.Features.Set(present);
        }
        present._uses |= use;
    }
}
