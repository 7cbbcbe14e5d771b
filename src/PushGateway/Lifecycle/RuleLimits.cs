namespace PushGateway.Lifecycle;

/// <summary>The limits of a push to one group: those of the flags, and those of the rule that matches the group.</summary>
/// <param name="Limits">The lower of both limits.</param>
/// <param name="Rule">The rule that lowers the maximum series of a push; null if none does.</param>
internal readonly record struct RuleLimits(PushLimits Limits, LifecycleRule? Rule)
{
    /// <param name="rule">The first rule that matches the group; null if none does.</param>
    public static RuleLimits Of(PushLimits flags, LifecycleRules rules, LifecycleRule? rule)
    {
        if (rule is null)
        {
            return new RuleLimits(flags, null);
        }
        bool isLower = rule.MaxSeries > 0 && (flags.Series == 0 || rule.MaxSeries < flags.Series);
        PushLimits limits = flags with
        {
            Series = isLower ? rule.MaxSeries : flags.Series,
            Quota = rules.QuotaOf(rule),
        };
        return new RuleLimits(limits, isLower ? rule : null);
    }

    /// <summary>The error, with the rule whose limit the push exceeds, if it is the limit of a rule.</summary>
    public PushError Explain(PushError error) => error.Limit == LimitKind.Series && Rule is not null
        ? error with { Message = $"{error.Message}, by the rule {Rule}", Limit = LimitKind.RuleSeries }
        : error;
}
