using System.Buffers.Text;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Store.Output;

/// <summary>Turns sample lines into those of OpenMetrics without decoding them.</summary>
/// <remarks>Only for a family whose lines are lossless. Its names are then plain.</remarks>
internal static class SampleLineOpenMetrics
{
    /// <summary>Writes lines of single numbers, and adds the fraction to whole ones.</summary>
    /// <param name="isCounter">Whether to leave out negative numbers and NaN.</param>
    public static void WriteNumbers(
        ref ByteWriter writer, ReadOnlySpan<byte> lines, bool isCounter, OpenMetricsConversions conversions)
    {
        int written = 0;
        int start = 0;
        while (start < lines.Length)
        {
            int end = start + lines[start..].IndexOf((byte)'\n');
            int at = end - 1;
            while ((uint)(lines[at] - '0') <= 9)
            {
                at--;
            }
            bool isWhole = lines[at] == ' ' || (lines[at] == '-' && lines[at - 1] == ' ');
            if (isCounter && lines[at] != ' ' && IsNoCounterValue(lines[start..end]))
            {
                conversions.Add(OpenMetricsConversion.CounterValue);
                writer.Write(lines[written..start]);
                written = end + 1;
            }
            else if (isWhole)
            {
                writer.Write(lines[written..end]);
                writer.Write(".0"u8);
                written = end;
            }
            start = end + 1;
        }
        writer.Write(lines[written..]);
    }

    /// <summary>Whether all lines of a histogram or summary form metrics that OpenMetrics allows.</summary>
    public static bool AreValid(ReadOnlySpan<byte> lines, int nameLength, MetricType type)
    {
        double bound = double.NaN;
        double count = 0;
        bool hasNegativeBound = false;
        while (!lines.IsEmpty)
        {
            var line = new DistributionLine(lines, nameLength);
            lines = lines[line.Length..];
            double number = Parse(line.Number);
            switch (line.Kind)
            {
                case SampleKind.Bucket or SampleKind.Value:
                    double next = Parse(line.Bound);
                    if (double.IsNaN(next) || next <= bound
                        || (type == MetricType.Summary ? next is < 0 or > 1 || number < 0 : number < count))
                    {
                        return false;
                    }
                    bound = next;
                    count = number;
                    hasNegativeBound |= next < 0;
                    break;
                case SampleKind.Sum when !(type == MetricType.Summary ? number >= 0 : OpenMetricsRules.IsSum(type, number, hasNegativeBound)):
                    return false;
                case SampleKind.Count:
                    if (type != MetricType.Summary && number != count)
                    {
                        return false;
                    }
                    (bound, count, hasNegativeBound) = (double.NaN, 0, false);
                    break;
            }
        }
        return true;
    }

    /// <summary>Writes the lines of a histogram or summary, with fractions for floats, whole counts, and the suffixes of OpenMetrics.</summary>
    public static void WriteDistributions(ref ByteWriter writer, ReadOnlySpan<byte> lines, int nameLength, MetricType type)
    {
        while (!lines.IsEmpty)
        {
            var line = new DistributionLine(lines, nameLength);
            ReadOnlySpan<byte> start = line.Start;
            if (type == MetricType.GaugeHistogram && line.Kind is SampleKind.Sum or SampleKind.Count)
            {
                writer.Write(start[..(nameLength + 1)]);
                writer.Write((byte)'g');
                start = start[(nameLength + 1)..];
            }
            writer.Write(start);
            if (!line.Bound.IsEmpty)
            {
                WriteFloat(ref writer, line.Bound);
                writer.Write("\"} "u8);
            }
            if (line.Kind is SampleKind.Sum or SampleKind.Value)
            {
                WriteFloat(ref writer, line.Number);
            }
            else
            {
                WriteCount(ref writer, line.Number);
            }
            writer.Write((byte)'\n');
            lines = lines[line.Length..];
        }
    }

    private static bool IsNoCounterValue(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> number = line[(line.LastIndexOf((byte)' ') + 1)..];
        return number[0] is (byte)'-' or (byte)'N';
    }

    private static void WriteFloat(ref ByteWriter writer, ReadOnlySpan<byte> number)
    {
        writer.Write(number);
        writer.Write(GoNumber.IsWhole(number) ? ".0"u8 : []);
    }

    private static void WriteCount(ref ByteWriter writer, ReadOnlySpan<byte> number)
    {
        if (GoNumber.IsWhole(number))
        {
            writer.Write(number);
        }
        else
        {
            writer.WriteCount((ulong)Parse(number));
        }
    }

    private static double Parse(ReadOnlySpan<byte> number)
    {
        if (Utf8Parser.TryParse(number, out uint whole, out int read) && read == number.Length)
        {
            return whole;
        }
        return GoNumber.TryParse(number, out double parsed)
            ? parsed
            : throw new InvalidOperationException("a line of a stored family has no number");
    }

    /// <summary>The first of some lines: <c>name[suffix]{labels[,bound="number"]} number LF</c>.</summary>
    private readonly ref struct DistributionLine
    {
        public DistributionLine(ReadOnlySpan<byte> lines, int nameLength)
        {
            int end = lines.IndexOf((byte)'\n');
            Length = end + 1;
            ReadOnlySpan<byte> line = lines[..end];
            int number = line.LastIndexOf((byte)' ') + 1;
            Number = line[number..];
            ReadOnlySpan<byte> suffix = line[nameLength..];
            Kind = suffix.StartsWith("_bucket"u8) ? SampleKind.Bucket
                : suffix.StartsWith("_sum"u8) ? SampleKind.Sum
                : suffix.StartsWith("_count"u8) ? SampleKind.Count
                : SampleKind.Value;
            if (Kind is SampleKind.Bucket or SampleKind.Value)
            {
                int boundEnd = number - "\"} ".Length;
                int bound = line[..boundEnd].LastIndexOf((byte)'"') + 1;
                Bound = line[bound..boundEnd];
                Start = line[..bound];
            }
            else
            {
                Bound = [];
                Start = line[..number];
            }
        }

        /// <summary>The number with the newline.</summary>
        public int Length { get; }

        public SampleKind Kind { get; }

        /// <summary>The text of the bound; empty for a sum or count.</summary>
        public ReadOnlySpan<byte> Bound { get; }

        public ReadOnlySpan<byte> Number { get; }

        /// <summary>The text before the bound, or before the number if there is no bound.</summary>
        public ReadOnlySpan<byte> Start { get; }
    }
}
