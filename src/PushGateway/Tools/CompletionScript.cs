using System.Text;
using PushGateway.CommandLine;

namespace PushGateway.Tools;

/// <summary><c>completion</c>: scripts for the shells, made from the flags, so that no flag is missing in them.</summary>
internal static class CompletionScript
{
    public static async Task<int> RunAsync(CliContext call)
    {
        string? script = call.Arguments switch
        {
            ["bash"] => Bash(),
            ["zsh"] => Zsh(),
            ["fish"] => Fish(),
            _ => null,
        };
        if (script is null)
        {
            return call.Refuse("expected bash, zsh or fish");
        }
        await call.Output.WriteAsync(script);
        return 0;
    }

    /// <summary>Readline has "=" end a word, so that a value is a word of its own, and the flag is two words before it.</summary>
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
        foreach (CompletedFlag flag in CompletedFlag.All())
        {
            if (flag.Choices.Count > 0)
            {
                script.Append($"        {flag.Name}) COMPREPLY=($(compgen -W '{string.Join(' ', flag.Choices)}' -- \"$word\")); return ;;\n");
            }
            else if (flag.IsFile)
            {
                script.Append($"        {flag.Name}) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
            }
            else if (flag.TakesValue)
            {
                script.Append($"        {flag.Name}) return ;;\n");
            }
        }
        script.Append(
            $$"""
                    inspect) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
                    check) COMPREPLY=($(compgen -W 'config metrics' -- "$word")); return ;;
                    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
                esac
                if [[ $word == -* ]]; then
                    COMPREPLY=($(compgen -W '{{string.Join(' ', CompletedFlag.All().SelectMany(flag => flag.Spellings))}}' -- "$word"))
                    if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi
                elif [[ $COMP_CWORD == 1 ]]; then
                    COMPREPLY=($(compgen -W 'check inspect completion' -- "$word"))
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
                    completion:3) compadd bash zsh fish; return ;;
                esac
                _arguments \

            """);
        foreach (CompletedFlag flag in CompletedFlag.All())
        {
            string repeated = flag.IsRepeatable ? "*" : "";
            string action = flag.Choices.Count > 0 ? $":value:({string.Join(' ', flag.Choices)})"
                : flag.IsFile ? ":file:_files"
                : flag.TakesValue ? ":value: " : "";
            foreach (string spelling in flag.Spellings)
            {
                script.Append($"        '{repeated}{spelling}[{ForZsh(flag.Description)}]{action}' \\\n");
            }
        }
        script.Append(
            """
                    '1::command:(check inspect completion)' \
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
            complete -c pushgateway -n __fish_use_subcommand -a 'check inspect completion'
            complete -c pushgateway -n '__fish_seen_subcommand_from check' -a 'config metrics'
            complete -c pushgateway -n '__fish_seen_subcommand_from inspect' -F
            complete -c pushgateway -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'

            """);
        foreach (CompletedFlag flag in CompletedFlag.All())
        {
            string value = flag.Choices.Count > 0 ? $" -x -a '{string.Join(' ', flag.Choices)}'"
                : flag.IsFile ? " -r -F"
                : flag.TakesValue ? " -x" : "";
            foreach (string spelling in flag.Spellings)
            {
                script.Append($"complete -c pushgateway -l {spelling.TrimEnd('=')[2..]}{value} -d '{ForShell(flag.Description)}'\n");
            }
        }
        return script.ToString();
    }

    private static string ForShell(string text) => text.Replace("\\", "\\\\").Replace("'", "\\'");

    /// <summary>In single quotes, where brackets and colons mean something to _arguments.</summary>
    private static string ForZsh(string text) => text
        .Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]").Replace(":", "\\:").Replace("'", "'\\''").Replace("`", "");
}

/// <summary>What a shell has to know of a flag.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Choices">The values that it can have, if they are few.</param>
internal sealed record CompletedFlag(
    string Name, string Description, bool TakesValue, bool IsFile, bool IsRepeatable, IReadOnlyList<string> Choices)
{
    /// <summary>What is offered: a switch can be negated, and a value follows "=".</summary>
    public IEnumerable<string> Spellings => TakesValue ? [$"{Name}="] : IsAction ? [Name] : [Name, $"--no-{Name[2..]}"];

    /// <summary>It is about something else than the server's options, which have names with a dot.</summary>
    private bool IsAction => !Name.Contains('.');

    /// <summary>Those that --help shows, in its order.</summary>
    public static IEnumerable<CompletedFlag> All()
    {
        var flags = new FlagDefinitions();
        return flags.Command.Options.Where(option => !option.Hidden).Select(option => new CompletedFlag(
            option.Name,
            option.Description ?? "",
            option.ValueType != typeof(bool),
            option.Name.EndsWith(".file", StringComparison.Ordinal),
            option.Arity.MaximumNumberOfValues > 1,
            option == flags.LogLevel ? ["debug", "info", "warn", "error"]
            : option == flags.LogFormat ? ["logfmt", "json"]
            : option == flags.PersistenceFsync ? ["always", "interval", "never"]
            : []));
    }
}
