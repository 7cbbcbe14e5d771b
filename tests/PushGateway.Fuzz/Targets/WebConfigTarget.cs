using System.Text;
using PushGateway.WebConfig;

namespace PushGateway.Fuzz.Targets;

/// <summary>The web config file, without the files that it names.</summary>
internal sealed class WebConfigTarget : FuzzTarget
{
    public override string Name => "webconfig";

    public override IReadOnlyList<byte[]> Seeds { get; } = SeedFile.Texts("webconfig.json");

    public override IReadOnlyList<byte[]> Words { get; } = SeedFile.Words(
        "tls_server_config:\n", "http_server_config:\n", "basic_auth_users:\n", "rate_limit:\n", "  headers:\n", "  cert: |\n", ": ",
        ":\n", "- ", "? ", "  ", "\n", "\n  ", "\t", "[", "]", "{", "}", ",", "'", "\"", "|", ">", "|+2", ">-", "&a ", "*a", "<<: *a",
        "!!str ", "!<", "%YAML 1.2\n", "%TAG ! x:\n", "---\n", "...\n", "# ", "~", "null", "\\u00e9", "\\x", "\\U0010ffff", "\uFEFF",
        "\u2028", "\0", "\r", "@", "`", "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW");

    /// <summary>The library makes an event, with its marks, of each piece of punctuation, twice over.</summary>
    public override int BytesPerByte => 4_000;

    public override int BytesBesides => 256 * 1024;

    public override void Read(byte[] input) =>
        _ = WebConfigDocument.TryParse(Encoding.UTF8.GetString(input), out _, out _);

    public override void Check(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (WebConfigDocument.TryParse(text, out _, out string? error))
        {
            // A comment behind it is no part of it, where the text has come to an end.
            if (text.EndsWith('\n') && !WebConfigDocument.TryParse(text + "# end\n", out _, out error))
            {
                throw new OracleException($"a comment makes a difference: {error}");
            }
        }
        else if (!error.StartsWith("line ", StringComparison.Ordinal))
        {
            throw new OracleException($"an error that names no line: {error}");
        }
    }
}
