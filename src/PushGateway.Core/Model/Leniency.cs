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

    /// <summary>Timestamps of samples, which the gateway drops, even if they are not integers or are too long.</summary>
    Timestamp = 4,

    /// <summary><c>%2F</c> in the URL as part of a label value.</summary>
    EncodedSlash = 8,

    /// <summary>Blanks at the end of a sample or a type, as <c>echo x 1 | curl</c> of cmd.exe sends them.</summary>
    TrailingBlank = 16,

    /// <summary>A byte order mark before a body in UTF-8.</summary>
    ByteOrderMark = 32,

    /// <summary>A body in UTF-16, with a byte order mark.</summary>
    Utf16 = 64,

    /// <summary>A Ctrl-Z after the body, which ends a DOS file.</summary>
    CtrlZ = 128,

    /// <summary>A deletion with <c>Content-Encoding: gzip</c> and no body.</summary>
    EmptyGzip = 256,

    /// <summary>More than one slash before <c>metrics/job</c>.</summary>
    DoubleSlash = 512,

    /// <summary>OpenMetrics without its Content-Type: the body ends in <c># EOF</c>.</summary>
    OpenMetrics = 1024,
}
