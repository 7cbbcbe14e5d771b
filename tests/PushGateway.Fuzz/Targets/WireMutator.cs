using System.Buffers.Binary;

namespace PushGateway.Fuzz.Targets;

/// <summary>Changes fields of protobuf messages, at any depth, and writes them with the lengths that they then have.</summary>
internal sealed class WireMutator(Mutator mutator)
{
    private const int MaxDepth = 6;
    private const int MaxChanges = 8;

    private static readonly ulong[] OddVarints =
        [0, 1, 2, 5, 127, 128, int.MaxValue, uint.MaxValue, 1UL << 32, 1UL << 53, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue];

    private static readonly double[] OddNumbers =
        [0, -0.0, 1, -1, 0.5, 1e308, 5e-324, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private readonly Dice _dice = mutator.Dice;

    /// <param name="delimited">Messages, each after its length.</param>
    public byte[] Mutate(byte[] delimited)
    {
        // As if each were the field of a message, without its tag.
        List<Field> messages = [];
        for (int at = 0; TryReadBytes(delimited, ref at, out ReadOnlySpan<byte> message);)
        {
            messages.Add(new Field(2, TryReadFields(message, 0)) { Bytes = message.ToArray() });
        }
        for (int i = _dice.Length(MaxChanges); i > 0; i--)
        {
            Change(messages);
        }
        var output = new List<byte>();
        foreach (Field message in messages)
        {
            WriteBytes(output, message.Content());
        }
        return [.. output];
    }

    private void Change(List<Field> fields)
    {
        if (fields.Count == 0)
        {
            fields.Add(new Field((uint)_dice.Below(1 << 7), null) { Bytes = mutator.Mutate() });
            return;
        }
        int index = _dice.Below(fields.Count);
        Field field = fields[index];
        if (field.Fields is { } inner && !_dice.OneIn(4))
        {
            Change(inner);
            return;
        }
        switch (_dice.Below(6))
        {
            case 0:
                fields.RemoveAt(index);
                break;
            case 1:
                fields.Insert(_dice.Below(fields.Count + 1), field.Copy());
                break;
            case 2:
                int other = _dice.Below(fields.Count);
                (fields[index], fields[other]) = (fields[other], fields[index]);
                break;
            case 3:
                // Another number, or another type of content.
                field.Tag = (uint)_dice.OneOf(OddVarints.AsSpan(0, 5).ToArray()) ^ (_dice.OneIn(2) ? field.Tag : (uint)_dice.Below(160));
                break;
            default:
                ChangeContent(field);
                break;
        }
    }

    private void ChangeContent(Field field)
    {
        field.Number = _dice.OneOf(OddVarints);
        if (field.WireType == 1)
        {
            double number = _dice.OneOf(OddNumbers);
            field.Number = _dice.OneIn(4) ? _dice.Next() : BitConverter.DoubleToUInt64Bits(number);
        }
        field.Bytes = mutator.Mutate(field.Content());
        field.Fields = null;
    }

    /// <summary>Null if it is no message.</summary>
    private static List<Field>? TryReadFields(ReadOnlySpan<byte> bytes, int depth)
    {
        List<Field> fields = [];
        for (int at = 0; at < bytes.Length;)
        {
            if (depth == MaxDepth || !TryReadVarint(bytes, ref at, out ulong tag) || tag is < 8 or > 1 << 20)
            {
                return null;
            }
            var field = new Field((uint)tag, null);
            ReadOnlySpan<byte> content = default;
            bool isWhole = field.WireType switch
            {
                0 => TryReadVarint(bytes, ref at, out field.Number),
                1 => TryReadFixed(bytes, ref at, out field.Number),
                2 => TryReadBytes(bytes, ref at, out content),
                _ => false,
            };
            if (!isWhole)
            {
                return null;
            }
            field.Bytes = content.ToArray();
            field.Fields = content.IsEmpty ? null : TryReadFields(content, depth + 1);
            fields.Add(field);
        }
        return fields;
    }

    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, scoped ref int at, out ulong number)
    {
        number = 0;
        for (int shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }
        return false;
    }

    private static bool TryReadFixed(ReadOnlySpan<byte> bytes, ref int at, out ulong number)
    {
        bool isThere = BinaryPrimitives.TryReadUInt64LittleEndian(bytes[at..], out number);
        at += isThere ? sizeof(ulong) : 0;
        return isThere;
    }

    private static bool TryReadBytes(ReadOnlySpan<byte> bytes, scoped ref int at, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!TryReadVarint(bytes, ref at, out ulong length) || length > (ulong)(bytes.Length - at))
        {
            return false;
        }
        content = bytes.Slice(at, (int)length);
        at += (int)length;
        return true;
    }

    private static void WriteVarint(List<byte> output, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            output.Add((byte)(number | 0x80));
        }
        output.Add((byte)number);
    }

    private static void WriteBytes(List<byte> output, byte[] bytes)
    {
        WriteVarint(output, (ulong)bytes.Length);
        output.AddRange(bytes);
    }

    private sealed class Field(uint tag, List<Field>? fields)
    {
        public ulong Number;

        public uint Tag { get; set; } = tag;

        public int WireType => (int)(Tag & 7);

        public byte[] Bytes { get; set; } = [];

        /// <summary>The fields of the bytes, if they can be parsed as a message.</summary>
        public List<Field>? Fields { get; set; } = fields;

        public Field Copy() => new(Tag, Fields?.ConvertAll(field => field.Copy())) { Number = Number, Bytes = Bytes };

        public byte[] Content()
        {
            if (Fields is null)
            {
                return Bytes;
            }
            var output = new List<byte>();
            Fields.ForEach(field => field.WriteTo(output));
            return [.. output];
        }

        private void WriteTo(List<byte> output)
        {
            WriteVarint(output, Tag);
            Span<byte> fixedBytes = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(fixedBytes, Number);
            switch (WireType)
            {
                case 0:
                    WriteVarint(output, Number);
                    break;
                case 1:
                    output.AddRange(fixedBytes);
                    break;
                case 2:
                    WriteBytes(output, Content());
                    break;
                case 5:
                    output.AddRange(fixedBytes[..sizeof(uint)]);
                    break;
                default:
                    // A group, or none: its content comes as it is.
                    output.AddRange(Bytes);
                    break;
            }
        }
    }
}
