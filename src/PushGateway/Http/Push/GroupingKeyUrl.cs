using System.Buffers.Text;
using System.Text;
using PushGateway.Http.Middleware;

namespace PushGateway.Http.Push;

/// <summary>The grouping key in the path of a URL: <c>job/JOB{/LABEL/VALUE}</c> or <c>job@base64/…</c>.</summary>
/// <param name="names">The label names to accept. With UTF-8 names, a name such as <c>U__a_2e_b</c> is an escape.</param>
internal sealed class GroupingKeyUrl(NameValidation names)
{
    private const string Base64Suffix = "@base64";

    private static readonly Utf8String Job = new("job");
    private static readonly Utf8String Instance = new("instance");

    /// <summary>Parses the percent-decoded path after <c>job/</c> into a key, or returns an error.</summary>
    /// <param name="jobIsBase64">Whether the path follows <c>job@base64/</c> instead.</param>
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

    /// <summary>
    /// Parses the percent-decoded path of a push without a job, <c>{/LABEL/VALUE}</c>, into a key, or returns an error.
    /// </summary>
    /// <param name="defaultJob">The job, if none of the labels is <c>job</c>.</param>
    public bool TryParseWithoutJob(ReadOnlySpan<char> path, string defaultJob, out GroupingKey? key, out string error)
    {
        key = null;
        var labels = new List<Label> { new(Job, new Utf8String(defaultJob)) };
        if (!TryParseLabels(path, labels, out error))
        {
            return false;
        }
        if (labels.FindLast(label => label.Name == Job).Value.IsEmpty)
        {
            error = "job name is required";
            return false;
        }
        key = GroupingKey.WithLast(labels);
        return true;
    }

    /// <summary>Formats a key as a percent-encoded path, <c>metrics/job/JOB{/LABEL/VALUE}</c>.</summary>
    /// <remarks>Values that are not safe as a path segment are written in base64.</remarks>
    public string Format(GroupingKey key)
    {
        var path = new StringBuilder("metrics");
        foreach (Label label in key.Labels.OrderByDescending(label => label.Name == Job))
        {
            path.Append('/').Append(PathNormalizationMiddleware.Encode(Escape(label.Name)));
            if (IsSafePathSegment(label.Value))
            {
                path.Append('/').Append(PathNormalizationMiddleware.Encode(label.Value.ToString()));
            }
            else
            {
                // A lone padding character represents the empty value, since a path must not end in a slash or contain two in a row.
                string base64 = label.Value.IsEmpty ? "=" : Base64Url.EncodeToString(label.Value.Span);
                path.Append(Base64Suffix).Append('/').Append(base64);
            }
        }
        return path.ToString();
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

    /// <summary>Removes the first component from the text, which begins with a slash.</summary>
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
        Utf8String name = Unescape(escaped);

        // Upstream: accepts a name that is reserved only after it is unescaped, so that each scrape fails.
        if (!NameRules.IsValidLabelName(name, names)
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

    private Utf8String Unescape(ReadOnlySpan<char> escaped) =>
        escaped is "instance" ? Instance
        : names == NameValidation.Utf8 ? new Utf8String(NameEscaper.UnescapeValues(escaped.ToString()))
        : ToUtf8(escaped);

    /// <summary>Escapes a name that is not a legacy name, or that <see cref="Unescape"/> would change.</summary>
    private string Escape(Utf8String name)
    {
        Utf8String escaped = NameEscaper.EscapeReversibly(name);
        string text = escaped.ToString();

        // Uses the escaping of metric names, which does not escape colons.
        return escaped != name || names == NameValidation.Legacy || NameEscaper.UnescapeValues(text) == text
            ? text
            : "U__" + text.Replace("_", "__", StringComparison.Ordinal);
    }

    /// <summary>Accepts any number of padding characters, including none.</summary>
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

    /// <summary>Whether proxies and clients pass the value on unchanged: not empty, no dot segment, no slash or control character.</summary>
    private static bool IsSafePathSegment(Utf8String value) =>
        !value.IsEmpty
        && !value.Span.Contains((byte)'/')
        && !value.Span.SequenceEqual("."u8)
        && !value.Span.SequenceEqual(".."u8)
        && !value.Span.ContainsAnyInRange<byte>(0, 0x1f)
        && !value.Span.Contains((byte)0x7f)
        && value.IsValidUtf8;

    private static string IllegalAt(int index) => $"illegal base64 data at input byte {index}";
}
