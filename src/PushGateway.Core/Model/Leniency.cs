namespace PushGateway.Core.Model;

/// <summary>What a push was forgiven with <c>--push.lenient</c>; without it, it is refused or means something else.</summary>
[Flags]
public enum Leniency
{
    None = 0,

    /// <summary>Lines that end in CR LF.</summary>
    Crlf = 1,

    /// <summary>A last line without a line feed.</summary>
    FinalNewline = 2,

    /// <summary>Samples with timestamps, which were dropped.</summary>
    Timestamp = 4,

    /// <summary><c>%2F</c> in the URL, as part of a label's value.</summary>
    EncodedSlash = 8,
}
