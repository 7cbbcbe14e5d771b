using System.Text;

namespace PushGateway.Core.Store;

/// <summary>Several errors in one text, as the Go Pushgateway's clients see them.</summary>
public static class ErrorList
{
    /// <summary>A small push to a group with a long key can have errors that no string would hold.</summary>
    private const int MaxShownCharacters = 1 << 20;

    /// <summary>One error as it is; several counted, each on a line of its own, as far as there is room.</summary>
    public static string Join(IEnumerable<string> errors)
    {
        var list = new StringBuilder();
        string first = "";
        int count = 0;
        int more = 0;
        foreach (string error in errors)
        {
            first = count++ == 0 ? error : first;
            if (list.Length <= MaxShownCharacters)
            {
                list.Append("\n* ").Append(error);
            }
            else
            {
                more++;
            }
        }
        return count == 1 ? first
            : $"{count} error(s) occurred:{list}" + (more == 0 ? "" : $"\n* and {more} more");
    }
}
