using System.Text;

namespace PushGateway.Fuzz;

/// <summary>
/// Creates inputs from seeds: damages bytes, moves, repeats and drops parts, inserts words of the format and numbers at the
/// limits, and crosses seeds with each other. Independent of the format.
/// </summary>
internal sealed class Mutator(Dice dice, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
{
    private const int MaxRounds = 16;
    private const int MaxPieceBytes = 64;
    private const int MaxRepetitions = 200;

    /// <summary>Larger inputs are not better, only slower.</summary>
    private const int MaxBytes = 1 << 15;

    private static readonly byte[] OddBytes = [0, 1, 7, 0x0A, 0x0D, 0x20, 0x22, 0x2F, 0x5C, 0x7F, 0x80, 0xC0, 0xE2, 0xED, 0xF4, 0xFE, 0xFF];

    private static readonly byte[][] Numbers =
    [
        .. ((string[])[
            "0", "-0", "+1", "1e400", "-1e-400", "1e308", "NaN", "+Inf", "-Inf", "0x1p-2", "1_0", ".", "1.", ".5", "9007199254740993",
            "2147483648", "-2147483649", "4294967296", "9223372036854775808", "18446744073709551616", "00000000000000000000001",
            "0.30000000000000004", "5e-324",
        ]).Select(Encoding.ASCII.GetBytes),
    ];

    private readonly byte[] _bytes = new byte[MaxBytes];
    private int _length;

    public Dice Dice => dice;

    public byte[] Seed() => dice.OneOf(seeds);

    /// <summary>A seed with few or many changes, sometimes with none.</summary>
    public byte[] Mutate() => Mutate(Seed());

    public byte[] Mutate(byte[] seed)
    {
        _length = 0;
        Replace(0, 0, seed);
        int rounds = dice.OneIn(50) ? 0 : dice.Length(MaxRounds);
        for (int i = 0; i < rounds; i++)
        {
            Change();
        }
        return _bytes.AsSpan(0, _length).ToArray();
    }

    private void Change()
    {
        int at = dice.Below(_length + 1);
        int piece = Math.Min(_length - at, dice.Length(MaxPieceBytes));
        switch (dice.Below(14))
        {
            case 0 when at < _length:
                _bytes[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 1 when at < _length:
                _bytes[at] = dice.OneOf(OddBytes);
                break;
            case 2:
                Replace(at, 0, [(byte)dice.Next()]);
                break;
            case 3:
                Replace(at, piece, []);
                break;
            case 4:
                Replace(at, 0, PieceOf(_bytes.AsSpan(0, _length)));
                break;
            case 5:
                Replace(at, piece, PieceOf(Seed()));
                break;
            case 6 or 7:
                Replace(at, dice.OneIn(2) ? 0 : piece, words.Count > 0 ? dice.OneOf(words) : dice.OneOf(Numbers));
                break;
            case 8:
                ReplaceNumber(at);
                break;
            case 9:
                Repeat(at, piece);
                break;
            case 10:
                SwapLines();
                break;
            case 11:
                // The start of one, and the end of another.
                byte[] other = Seed();
                Replace(at, _length - at, other.AsSpan(dice.Below(other.Length + 1)));
                break;
            case 12 when dice.OneIn(4):
                _length = at;
                break;
            case 13:
                // A number of several bytes, as protobuf has it.
                Replace(at, Math.Min(piece, dice.Below(2)), [0xFF, 0xFF, 0xFF, (byte)(0x80 | dice.Below(128)), (byte)dice.Below(128)]);
                break;
            default:
                break;
        }
    }

    private byte[] PieceOf(ReadOnlySpan<byte> bytes)
    {
        int start = dice.Below(bytes.Length + 1);
        return bytes.Slice(start, Math.Min(bytes.Length - start, dice.Length(MaxPieceBytes))).ToArray();
    }

    private void Repeat(int at, int count)
    {
        byte[] piece = _bytes.AsSpan(at, count).ToArray();
        for (int times = dice.Length(dice.OneIn(8) ? MaxRepetitions : 4); times > 0; times--)
        {
            Replace(at, 0, piece);
        }
    }

    /// <summary>The digits that come next, whatever they are for.</summary>
    private void ReplaceNumber(int at)
    {
        int start = _bytes.AsSpan(at, _length - at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
        {
            return;
        }
        start += at;
        int digits = _bytes.AsSpan(start, _length - start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        Replace(start, digits < 0 ? _length - start : digits, dice.OneOf(Numbers));
    }

    private void SwapLines()
    {
        List<byte[]> lines = [];
        ReadOnlySpan<byte> rest = _bytes.AsSpan(0, _length);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n') + 1;
            end = end == 0 ? rest.Length : end;
            lines.Add(rest[..end].ToArray());
            rest = rest[end..];
        }
        if (lines.Count < 2)
        {
            return;
        }
        int one = dice.Below(lines.Count);
        int other = dice.Below(lines.Count);
        (lines[one], lines[other]) = (lines[other], lines[one]);
        _length = 0;
        lines.ForEach(line => Replace(_length, 0, line));
    }

    private void Replace(int at, int count, ReadOnlySpan<byte> by)
    {
        if (_length - count + by.Length > MaxBytes)
        {
            return;
        }
        _bytes.AsSpan(at + count, _length - at - count).CopyTo(_bytes.AsSpan(at + by.Length));
        by.CopyTo(_bytes.AsSpan(at));
        _length += by.Length - count;
    }
}
