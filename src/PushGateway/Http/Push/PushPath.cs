using System.Buffers.Text;
using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http.Middleware;

namespace PushGateway.Http.Push;

/// <summary>Writes a grouping key as the path that <see cref="GroupingKeyPath"/> reads it from.</summary>
internal static class PushPath
{
    private static readonly Utf8String Job = new("job");

    /// <summary>
    /// <c>metrics/job/JOB{/LABEL/VALUE}</c>, percent-encoded, with values in base64 that could not stand there otherwise.
    /// </summary>
    /// <param name="validation">Which names the path may be read with: with any, some stand for others.</param>
    public static string Of(GroupingKey key, NameValidation validation)
    {
        var path = new StringBuilder("metrics");
        foreach (Label label in key.Labels.Where(label => label.Name == Job))
        {
            Append(path, label, validation);
        }
        foreach (Label label in key.Labels.Where(label => label.Name != Job))
        {
            Append(path, label, validation);
        }
        return path.ToString();
    }

    private static void Append(StringBuilder path, Label label, NameValidation validation)
    {
        path.Append('/').Append(PathNormalizationMiddleware.Encode(NameOf(label.Name, validation).ToString()));
        if (IsSafePathSegment(label.Value))
        {
            path.Append('/').Append(PathNormalizationMiddleware.Encode(label.Value.ToString()));
        }
        else
        {
            // The padding alone is the empty value; without it the path would end in a slash, or have two.
            string base64 = label.Value.IsEmpty ? "=" : Base64Url.EncodeToString(label.Value.Span);
            path.Append("@base64/").Append(base64);
        }
    }

    /// <summary>A name beyond the legacy rules is escaped, and so is one that would be taken for an escape.</summary>
    private static Utf8String NameOf(Utf8String name, NameValidation validation)
    {
        Utf8String escaped = NameEscaper.Escape(name, NameEscaping.Values);
        if (escaped != name)
        {
            return escaped;
        }

        // Names of metrics may have colons, so that those of labels with them are not escaped either.
        string text = name.ToString();
        return validation == NameValidation.Legacy || NameEscaper.UnescapeValues(text) == text
            ? name
            : new Utf8String("U__" + text.Replace("_", "__", StringComparison.Ordinal));
    }

    /// <summary>Not empty, no part of a path for anybody on the way, and text that nobody takes offence at.</summary>
    private static bool IsSafePathSegment(Utf8String value) =>
        !value.IsEmpty
        && !value.Span.Contains((byte)'/')
        && !value.Span.SequenceEqual("."u8)
        && !value.Span.SequenceEqual(".."u8)
        && !value.Span.ContainsAnyInRange<byte>(0, 0x1f)
        && !value.Span.Contains((byte)0x7f)
        && value.IsValidUtf8;
}
