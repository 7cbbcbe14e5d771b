namespace PushGateway.Metrics.Process;

/// <summary>The used fields of /proc/self/stat.</summary>
internal readonly record struct ProcessStat(
    double CpuSeconds,
    double StartSecondsAfterBoot,
    ulong VirtualBytes,
    ulong ResidentPages)
{
    /// <summary>USER_HZ, the unit of times in /proc: 100 on every architecture that .NET runs on.</summary>
    private const double ClockTicksPerSecond = 100;

    /// <summary>Null if the text does not have the form of proc_pid_stat(5).</summary>
    public static ProcessStat? TryParse(ReadOnlySpan<byte> text)
    {
        // Field 2 is the command's name in parentheses, which may itself contain blanks and parentheses.
        int nameEnd = text.LastIndexOf((byte)')');
        if (nameEnd < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> fields = text[(nameEnd + 1)..];
        return TryGetField(fields, 14, out ulong userTicks)
            && TryGetField(fields, 15, out ulong systemTicks)
            && TryGetField(fields, 22, out ulong startTicks)
            && TryGetField(fields, 23, out ulong virtualBytes)
            && TryGetField(fields, 24, out ulong residentPages)
            ? new ProcessStat(
                (userTicks + systemTicks) / ClockTicksPerSecond,
                startTicks / ClockTicksPerSecond,
                virtualBytes,
                residentPages)
            : null;
    }

    /// <summary>A field by its number in the manual page. The text starts with field 3.</summary>
    private static bool TryGetField(ReadOnlySpan<byte> afterName, int number, out ulong value) =>
        ulong.TryParse(ProcText.Word(afterName, number - 3), out value);
}
