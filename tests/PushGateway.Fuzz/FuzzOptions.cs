using System.Globalization;

namespace PushGateway.Fuzz;

/// <summary>The options of the command line.</summary>
/// <param name="Target">A target's name; null for all.</param>
/// <param name="Seconds">The time for all targets together. The number of executions, if given, is also for all.</param>
/// <param name="InputFile">One input to run instead, as it was written after a failure.</param>
internal sealed record FuzzOptions(
    string? Target, double Seconds, long? Executions, ulong Seed, int Jobs, string? InputFile, bool IsSelfTest)
{
    public const string Usage = """
        usage: PushGateway.Fuzz [--target all|NAME] [--seconds N | --executions N] [--seed N] [--jobs N]
               PushGateway.Fuzz --target NAME --input FILE
               PushGateway.Fuzz --self-test
        """;

    private const double DefaultSeconds = 60;

    /// <summary>Null for invalid arguments.</summary>
    public static FuzzOptions? Parse(string[] arguments)
    {
        var options = new FuzzOptions(null, DefaultSeconds, null, Seed: 1, Environment.ProcessorCount, null, IsSelfTest: false);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--self-test")
            {
                options = options with { IsSelfTest = true };
                continue;
            }
            string name = arguments[i];
            if (++i == arguments.Length || options.With(name, arguments[i]) is not { } changed)
            {
                return null;
            }
            options = changed;
        }
        return options.InputFile is not null && options.Target is null ? null : options;
    }

    private FuzzOptions? With(string name, string value) => name switch
    {
        "--target" => this with { Target = value == "all" ? null : value },
        "--input" => this with { InputFile = value },
        "--seconds" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) =>
            this with { Seconds = seconds },
        "--executions" when long.TryParse(value, CultureInfo.InvariantCulture, out long executions) =>
            this with { Executions = executions },
        "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out ulong seed) => this with { Seed = seed },
        "--jobs" when int.TryParse(value, CultureInfo.InvariantCulture, out int jobs) && jobs > 0 => this with { Jobs = jobs },
        _ => null,
    };
}
