namespace PushGateway.Metrics.Process;

/// <summary>Reads the tables of /proc. All methods return null (or an empty word) for missing values.</summary>
internal static class ProcText
{
    /// <summary>The word with this index, from 0. Blanks separate words.</summary>
    public static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> line, int index)
    {
        foreach (Range range in line.Split((byte)' '))
        {
            ReadOnlySpan<byte> word = line[range];
            if (!word.IsEmpty && index-- == 0)
            {
                return word.TrimEnd((byte)'\n');
            }
        }

        return [];
    }

    /// <summary>
    /// The soft limit of the line that starts with this name ("Max open files") in /proc/self/limits. "unlimited" is 2^64 - 1,
    /// as in the Go client.
    /// </summary>
    public static double? SoftLimit(ReadOnlySpan<byte> limits, ReadOnlySpan<byte> name)
    {
        foreach (Range range in limits.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = limits[range];
            if (line.StartsWith(name))
            {
                ReadOnlySpan<byte> soft = Word(line[name.Length..], 0);
                return soft.SequenceEqual("unlimited"u8) ? ulong.MaxValue
                    : ulong.TryParse(soft, out ulong limit) ? limit
                    : null;
            }
        }

        return null;
    }

    /// <summary>A count from the IpExt table of /proc/self/net/netstat, which has a line of names and a line of values.</summary>
    public static double? IpExtCount(ReadOnlySpan<byte> netstat, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> names = [];
        foreach (Range range in netstat.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = netstat[range];
            if (!line.StartsWith("IpExt: "u8))
            {
                continue;
            }

            if (names.IsEmpty)
            {
                names = line;
                continue;
            }

            int column = ColumnOf(names, name);
            return column >= 0 && ulong.TryParse(Word(line, column), out ulong count) ? count : null;
        }

        return null;
    }

    private static int ColumnOf(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        int column = 0;
        foreach (Range range in names.Split((byte)' '))
        {
            if (names[range].SequenceEqual(name))
            {
                return column;
            }

            column++;
        }

        return -1;
    }
}
