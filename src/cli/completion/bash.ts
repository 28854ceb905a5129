import { type CommandWords, pathPattern, quote, valueCases } from './words.js';

/** For bash 3.2 and later; where nothing of ours fits, bash completes names of files. */
export function bashScript(commands: readonly CommandWords[]): string {
  const words = commands.map(({ path, subcommands, flags, argumentChoices }) => {
    const plain = [...subcommands.map(({ name }) => name), ...argumentChoices];
    const options = flags.map(({ long }) => long);
    return `    ${quote(path)}) values=(${plain.map(quote).join(' ')}); options=(${options.map(quote).join(' ')}) ;;`;
  });
  return `# bash completion for feedback-graph
_feedback_graph() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local path='' takes_value='' next index
  local -a values=() options=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
      ${pathPattern(commands)}) path=$next ;;
    esac
  done
  case "$path:$previous" in
${valueCases(commands)}
  esac
  if [[ -z $takes_value ]]; then
    case "$path" in
${words.join('\n')}
    esac
    [[ $current == -* ]] && values=("\${options[@]}")
  fi
  COMPREPLY=()
  [[ \${#values[@]} -gt 0 ]] && COMPREPLY=($(compgen -W "\${values[*]}" -- "$current"))
}
complete -o default -F _feedback_graph feedback-graph
`;
}
