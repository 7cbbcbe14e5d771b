using System.Text;
using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Http.Middleware;

namespace PushGateway.Http.Push;

/// <summary>Reads the grouping key off the path of a push: <c>JOB{/LABEL/VALUE}</c>.</summary>
internal sealed class GroupingKeyPath(NameValidation validation)
{
    private const string Base64Suffix = "@base64";

    private static readonly Utf8String Job = new("job");
    private static readonly Utf8String Instance = new("instance");

    /// <summary>The key of a path behind <c>/metrics/job/</c>, percent-decoded; or what is wrong with it.</summary>
    /// <param name="jobIsBase64">Whether it stood behind <c>/metrics/job@base64/</c>.</param>
    public bool TryParse(ReadOnlySpan<char> path, bool jobIsBase64, out GroupingKey? key, out string error)
    {
        key = null;
        int slash = path.IndexOf('/');
        ReadOnlySpan<char> jobText = WithSlashes(slash < 0 ? path : path[..slash]);
        ReadOnlySpan<char> labelText = slash < 0 ? default : path[slash..];

        if (!TryDecode(jobText, jobIsBase64, out Utf8String job, out int errorAt))
        {
            error = $"invalid base64 encoding in job name {GoQuote.Quote(job.Span)}: {IllegalAt(errorAt)}";
            return false;
        }
        var labels = new List<Label>();
        if (!TryParseLabels(labelText, labels, out error))
        {
            return false;
        }
        if (job.IsEmpty)
        {
            error = "job name is required";
            return false;
        }
        labels.Add(new Label(Job, job));
        key = GroupingKey.WithLast(labels);
        return true;
    }

    /// <summary>labels = *("/" name "/" value), or "/" alone</summary>
    private bool TryParseLabels(ReadOnlySpan<char> text, List<Label> labels, out string error)
    {
        error = "";
        if (text.Length <= 1)
        {
            return true;
        }
        if (text.Count('/') % 2 != 0)
        {
            error = $"odd number of components in label string {GoQuote.Quote(PathNormalizationMiddleware.Show(text.ToString()))}";
            return false;
        }
        while (!text.IsEmpty)
        {
            ReadOnlySpan<char> name = TakeComponent(ref text);
            ReadOnlySpan<char> value = TakeComponent(ref text);
            if (!TryAddLabel(name, value, labels, out error))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>What stands behind the slash that the text begins with, up to the next one.</summary>
    private static ReadOnlySpan<char> TakeComponent(ref ReadOnlySpan<char> text)
    {
        text = text[1..];
        int slash = text.IndexOf('/');
        int length = slash < 0 ? text.Length : slash;
        ReadOnlySpan<char> component = text[..length];
        text = text[length..];
        return WithSlashes(component);
    }

    private static ReadOnlySpan<char> WithSlashes(ReadOnlySpan<char> component) =>
        component.Contains(PathNormalizationMiddleware.EncodedSlash)
            ? component.ToString().Replace(PathNormalizationMiddleware.EncodedSlash, '/')
            : component;

    private bool TryAddLabel(
        ReadOnlySpan<char> nameText, ReadOnlySpan<char> valueText, List<Label> labels, out string error)
    {
        error = "";
        bool isBase64 = nameText.EndsWith(Base64Suffix, StringComparison.Ordinal);
        ReadOnlySpan<char> escaped = isBase64 ? nameText[..^Base64Suffix.Length] : nameText;
        Utf8String name = NameOf(escaped);

        // A name that is reserved only once it is unescaped is taken by the Go one, and then fails every scrape.
        if (!NameRules.IsValidLabelName(name, validation)
            || escaped.StartsWith("__", StringComparison.Ordinal)
            || name.Span.StartsWith(NameRules.ReservedLabelPrefix))
        {
            error = $"improper label name {GoQuote.Quote(escaped.ToString())}";
            return false;
        }
        if (!TryDecode(valueText, isBase64, out Utf8String value, out int errorAt))
        {
            string quoted = GoQuote.Quote(valueText.ToString());
            error = $"invalid base64 encoding for label {escaped}={quoted}: {IllegalAt(errorAt)}";
            return false;
        }
        labels.Add(new Label(name, value));
        return true;
    }

    private Utf8String NameOf(ReadOnlySpan<char> escaped) =>
        escaped is "instance" ? Instance
        : validation == NameValidation.Utf8 ? new Utf8String(NameEscaper.UnescapeValues(escaped.ToString()))
        : ToUtf8(escaped);

    /// <summary>Padding of base64 may be there or not, in any number.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, bool isBase64, out Utf8String value, out int errorAt)
    {
        if (!isBase64)
        {
            value = ToUtf8(text);
            errorAt = -1;
            return true;
        }
        bool valid = GoBase64.TryDecode(text.TrimEnd('='), out byte[] bytes, out errorAt);
        value = new Utf8String(bytes.AsMemory());
        return valid;
    }

    private static Utf8String ToUtf8(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return new Utf8String(bytes.AsMemory());
    }

    private static string IllegalAt(int index) => $"illegal base64 data at input byte {index}";
}
