using PushGateway.Core.Model;
using PushGateway.Core.Store;

namespace PushGateway.Http;

/// <summary>Reads the grouping key off the path of a push: <c>JOB{/LABEL/VALUE}</c>.</summary>
internal sealed class GroupingKeyPath(NameValidation validation)
{
    private const string Base64Suffix = "@base64";

    /// <summary>The key of a path behind <c>/metrics/job/</c>, percent-decoded; or what is wrong with it.</summary>
    /// <param name="jobIsBase64">Whether it stood behind <c>/metrics/job@base64/</c>.</param>
    public bool TryParse(string path, bool jobIsBase64, out GroupingKey? key, out string error)
    {
        key = null;
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string jobText = slash < 0 ? path : path[..slash];
        string labelText = slash < 0 ? "" : path[slash..];

        if (!TryDecode(jobText, jobIsBase64, out Utf8String job, out int errorAt))
        {
            error = $"invalid base64 encoding in job name {GoQuote.Quote(job.Span)}: {IllegalAt(errorAt)}";
            return false;
        }
        var labels = new Dictionary<Utf8String, Utf8String>();
        if (!TryParseLabels(labelText, labels, out error))
        {
            return false;
        }
        if (job.IsEmpty)
        {
            error = "job name is required";
            return false;
        }
        labels[new Utf8String("job")] = job;
        key = new GroupingKey(labels.Select(pair => new Label(pair.Key, pair.Value)));
        return true;
    }

    /// <summary>labels = *("/" name "/" value), or "/" alone</summary>
    private bool TryParseLabels(string text, Dictionary<Utf8String, Utf8String> labels, out string error)
    {
        error = "";
        if (text.Length <= 1)
        {
            return true;
        }
        string[] components = text[1..].Split('/');
        if (components.Length % 2 != 0)
        {
            error = $"odd number of components in label string {GoQuote.Quote(text)}";
            return false;
        }
        for (int i = 0; i < components.Length; i += 2)
        {
            if (!TryAddLabel(components[i], components[i + 1], labels, out error))
            {
                return false;
            }
        }
        return true;
    }

    private bool TryAddLabel(
        string nameText, string valueText, Dictionary<Utf8String, Utf8String> labels, out string error)
    {
        error = "";
        bool isBase64 = nameText.EndsWith(Base64Suffix, StringComparison.Ordinal);
        string escaped = isBase64 ? nameText[..^Base64Suffix.Length] : nameText;
        var name = new Utf8String(validation == NameValidation.Utf8 ? NameEscaper.UnescapeValues(escaped) : escaped);

        // A name that is reserved only once it is unescaped is taken by the Go one, and then fails every scrape.
        if (!NameRules.IsValidLabelName(name, validation)
            || escaped.StartsWith("__", StringComparison.Ordinal)
            || name.Span.StartsWith(NameRules.ReservedLabelPrefix))
        {
            error = $"improper label name {GoQuote.Quote(escaped)}";
            return false;
        }
        if (!TryDecode(valueText, isBase64, out Utf8String value, out int errorAt))
        {
            error = $"invalid base64 encoding for label {escaped}={GoQuote.Quote(valueText)}: {IllegalAt(errorAt)}";
            return false;
        }
        labels[name] = value;
        return true;
    }

    /// <summary>Padding of base64 may be there or not, in any number.</summary>
    private static bool TryDecode(string text, bool isBase64, out Utf8String value, out int errorAt)
    {
        if (!isBase64)
        {
            value = new Utf8String(text);
            errorAt = -1;
            return true;
        }
        bool valid = GoBase64.TryDecode(text.AsSpan().TrimEnd('='), out byte[] bytes, out errorAt);
        value = new Utf8String(bytes.AsMemory());
        return valid;
    }

    private static string IllegalAt(int index) => $"illegal base64 data at input byte {index}";
}
