using System.Text;
using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary><c>completion</c>: scripts for the shells, generated from <see cref="FlagTable"/>.</summary>
internal static class CompletionScript
{
    public static async Task<int> RunAsync(CliContext context)
    {
        string? script = context.Arguments switch
        {
            ["bash"] => Bash(),
            ["zsh"] => Zsh(),
            ["fish"] => Fish(),
            _ => null,
        };
        if (script is null)
        {
            return context.Fail("expected bash, zsh or fish");
        }
        await context.Output.WriteAsync(script);
        return 0;
    }

    /// <summary>Readline ends a word at "=", so the value is a separate word, two words after the flag.</summary>
    private static string Bash()
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion for pushgateway in bash: source <(pushgateway completion bash)
            _pushgateway() {
                local word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]}
                if [[ $word == = ]]; then
                    word=
                elif [[ $flag == = ]]; then
                    flag=${COMP_WORDS[COMP_CWORD-2]}
                fi
                COMPREPLY=()
                case $flag in

            """);
        foreach (Flag flag in Flags)
        {
            if (flag.Choices.Count > 0)
            {
                script.Append($"        {flag.Name}) COMPREPLY=($(compgen -W '{string.Join(' ', flag.Choices)}' -- \"$word\")); return ;;\n");
            }
            else if (IsFile(flag))
            {
                script.Append($"        {flag.Name}) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
            }
            else if (!flag.IsSwitch)
            {
                script.Append($"        {flag.Name}) return ;;\n");
            }
        }
        script.Append(
            $$"""
                    inspect) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
                    check) COMPREPLY=($(compgen -W 'config metrics' -- "$word")); return ;;
                    --format) COMPREPLY=($(compgen -W 'text openmetrics protobuf' -- "$word")); return ;;
                    cluster) COMPREPLY=($(compgen -W 'schema import export' -- "$word")); return ;;
                    import|export) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
                    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
                esac
                if [[ $word == -* ]]; then
                    COMPREPLY=($(compgen -W '{{string.Join(' ', Flags.SelectMany(Spellings))}}' -- "$word"))
                    if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi
                elif [[ $COMP_CWORD == 1 ]]; then
                    COMPREPLY=($(compgen -W 'check inspect cluster completion' -- "$word"))
                fi
            }
            complete -F _pushgateway pushgateway

            """);
        return script.ToString();
    }

    private static string Zsh()
    {
        var script = new StringBuilder();
        script.Append(
            """
            #compdef pushgateway
            # Completion for pushgateway in zsh: pushgateway completion zsh > "${fpath[1]}/_pushgateway"
            _pushgateway() {
                case ${words[2]}:$CURRENT in
                    check:3) compadd config metrics; return ;;
                    inspect:3) _files; return ;;
                    cluster:3) compadd schema import export; return ;;
                    cluster:4) [[ ${words[3]} == schema ]] || { _files; return } ;;
                    completion:3) compadd bash zsh fish; return ;;
                esac
                _arguments \

            """);
        foreach (Flag flag in Flags)
        {
            string repeated = flag.IsRepeatable ? "*" : "";
            string action = flag.Choices.Count > 0 ? $":value:({string.Join(' ', flag.Choices)})"
                : IsFile(flag) ? ":file:_files"
                : !flag.IsSwitch ? ":value: " : "";
            foreach (string spelling in Spellings(flag))
            {
                script.Append($"        '{repeated}{spelling}[{ForZsh(flag.Help)}]{action}' \\\n");
            }
        }
        script.Append(
            """
                    '1::command:(check inspect cluster completion)' \
                    '*::argument: '
            }
            if [[ ${funcstack[1]} == _pushgateway ]]; then _pushgateway "$@"; else compdef _pushgateway pushgateway; fi

            """);
        return script.ToString();
    }

    private static string Fish()
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion for pushgateway in fish: pushgateway completion fish > ~/.config/fish/completions/pushgateway.fish
            complete -c pushgateway -f
            complete -c pushgateway -n __fish_use_subcommand -a 'check inspect cluster completion'
            complete -c pushgateway -n '__fish_seen_subcommand_from check' -a 'config metrics'
            complete -c pushgateway -n '__fish_seen_subcommand_from inspect import export' -F
            complete -c pushgateway -n '__fish_seen_subcommand_from cluster' -a 'schema import export'
            complete -c pushgateway -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'

            """);
        foreach (Flag flag in Flags)
        {
            string value = flag.Choices.Count > 0 ? $" -x -a '{string.Join(' ', flag.Choices)}'"
                : IsFile(flag) ? " -r -F"
                : !flag.IsSwitch ? " -x" : "";
            foreach (string spelling in Spellings(flag))
            {
                script.Append($"complete -c pushgateway -l {spelling.TrimEnd('=')[2..]}{value} -d '{ForShell(flag.Help)}'\n");
            }
        }
        return script.ToString();
    }

    private static string ForShell(string text) => text.Replace("\\", "\\\\").Replace("'", "\\'");

    /// <summary>Quotes a text with single quotes. Brackets and colons are special to _arguments.</summary>
    private static string ForZsh(string text) => text
        .Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]").Replace(":", "\\:").Replace("'", "'\\''").Replace("`", "");

    private static IEnumerable<Flag> Flags => FlagTable.All.Where(flag => !flag.IsHidden);

    private static bool IsFile(Flag flag) => flag.Name.EndsWith(".file", StringComparison.Ordinal);

    /// <summary>The words to offer: <c>--flag=</c>, or a switch and its negation.</summary>
    private static IEnumerable<string> Spellings(Flag flag) =>
        !flag.IsSwitch ? [$"{flag.Name}="]
        : FlagTable.IsSetting(flag) ? [flag.Name, $"--no-{flag.Name[2..]}"]
        : [flag.Name];
}
