namespace PushGateway.Core.Exposition;

/// <summary>
/// The boundaries of native histograms' buckets, bit for bit as Prometheus has them: bucket i of schema s ends at
/// 2^(i * 2^-s).
/// </summary>
internal static class NativeBucketBounds
{
    private const int FinestSchema = 8;

    /// <summary>2^(2^-s) for the schemas from 1, as upstream has them: the first is not the nearest double.</summary>
    private static readonly double[] Factors =
    [
        1.414213562373095,
        1.189207115002721,
        1.0905077326652577,
        1.0442737824274138,
        1.0218971486541166,
        1.0108892860517005,
        1.0054299011128027,
        1.0027112750502025,
    ];

    /// <summary>For each schema from 0: the bounds from 0.5 to below 1. Powers of two give all others.</summary>
    private static readonly double[][] Fractions = FractionsOfAllSchemas();

    /// <summary>Whether the schema has boundaries at all.</summary>
    public static bool IsKnown(int schema) => schema is > int.MinValue and <= FinestSchema;

    /// <summary>The upper bound of a bucket on the positive side.</summary>
    public static double Upper(int schema, int index)
    {
        if (schema < 0)
        {
            var shift = -schema;
            return Scale(1, shift < 64 ? (long)index << shift : 0);
        }

        var fraction = Fractions[schema][index & ((1 << schema) - 1)];
        return Scale(fraction, (index >> schema) + 1L);
    }

    /// <summary>fraction * 2^exponent; where that is just 2^1024, the largest number there is.</summary>
    private static double Scale(double fraction, long exponent)
    {
        const int Beyond = 2000;
        var endsAtLimit = fraction == 0.5 ? exponent == 1025 : fraction == 1 && exponent == 1024;
        return endsAtLimit
            ? double.MaxValue
            : Math.ScaleB(fraction, (int)Math.Clamp(exponent, -Beyond, Beyond));
    }

    /// <summary>
    /// Each schema has the bounds of the coarser one at even places, and between them the bound before times the
    /// factor. The rounding that this brings is part of the boundaries.
    /// </summary>
    private static double[][] FractionsOfAllSchemas()
    {
        var schemas = new double[FinestSchema + 1][];
        schemas[0] = [0.5];
        for (var schema = 1; schema <= FinestSchema; schema++)
        {
            var coarser = schemas[schema - 1];
            var bounds = new double[coarser.Length * 2];
            for (var i = 0; i < coarser.Length; i++)
            {
                bounds[2 * i] = coarser[i];
                bounds[(2 * i) + 1] = coarser[i] * Factors[schema - 1];
            }

            schemas[schema] = bounds;
        }

        return schemas;
    }
}
