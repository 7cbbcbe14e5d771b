namespace PushGateway.Core.Model;

/// <summary>
/// Deviations that <c>--push.lenient</c> accepts. Without it, a push is rejected or has another meaning.
/// </summary>
[Flags]
public enum Leniency
{
    None = 0,

    /// <summary>Lines that end in CR LF.</summary>
    Crlf = 1,

    /// <summary>A last line without a line feed.</summary>
    FinalNewline = 2,

    /// <summary>Timestamps of samples, which the gateway drops.</summary>
    Timestamp = 4,

    /// <summary><c>%2F</c> in the URL as part of a label value.</summary>
    EncodedSlash = 8,
}
