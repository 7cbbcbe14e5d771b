using System.CommandLine;
using System.CommandLine.Parsing;

namespace PushGateway.CommandLine;

internal delegate bool TryParseValue<T>(string text, out T value, out string? error);

/// <summary>One row of <see cref="FlagTable"/>.</summary>
/// <param name="name">The name with its dashes.</param>
/// <param name="help">One sentence for --help.</param>
internal abstract class Flag(string name, string help)
{
    public string Name => name;

    public string Help => help;

    /// <summary>A dash and one letter; null for a flag without a short form.</summary>
    public string? ShortName { get; init; }

    public bool IsHidden { get; init; }

    public abstract bool IsSwitch { get; }

    public abstract bool IsRepeatable { get; }

    /// <summary>The values to choose from; empty if the flag accepts others.</summary>
    public abstract IReadOnlyList<string> Choices { get; }

    /// <summary>The value in <paramref name="options"/>, in the form of the command line.</summary>
    public abstract string Format(GatewayOptions options);

    public abstract Option ToOption();

    /// <summary>Returns <paramref name="options"/> with this flag's value from <paramref name="values"/>.</summary>
    public abstract GatewayOptions Apply(GatewayOptions options, ParseResult values);
}

/// <param name="get">Reads the property of the options that holds the value.</param>
/// <param name="set">Returns a copy of the options with another value.</param>
/// <param name="tryParse">Null for a type that System.CommandLine parses.</param>
internal sealed class Flag<T>(
    string name,
    string help,
    Func<GatewayOptions, T> get,
    Func<GatewayOptions, T, GatewayOptions> set,
    TryParseValue<T>? tryParse = null) : Flag(name, help)
{
    public override bool IsSwitch => typeof(T) == typeof(bool);

    public override bool IsRepeatable => typeof(T).IsArray;

    public override IReadOnlyList<string> Choices =>
        typeof(T).IsEnum ? [.. Enum.GetNames(typeof(T)).Select(choice => choice.ToLowerInvariant())] : [];

    public override string Format(GatewayOptions options) => get(options) switch
    {
        bool or Enum => $"{get(options)}".ToLowerInvariant(),
        string[] texts => string.Join(',', texts),
        var value => value?.ToString() ?? "",
    };

    public override Option ToOption()
    {
        var option = new Option<T>(Name) { Arity = IsRepeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne };
        if (tryParse is not null)
        {
            option.CustomParser = result => Parse(result, tryParse);
        }
        return option;
    }

    public override GatewayOptions Apply(GatewayOptions options, ParseResult values) =>
        set(options, values.GetRequiredValue<T>(Name));

    private static T? Parse(ArgumentResult result, TryParseValue<T> tryParse)
    {
        if (!tryParse(result.Tokens[0].Value, out T value, out string? error))
        {
            result.AddError(error ?? "");
        }
        return value;
    }
}
