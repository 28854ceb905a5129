import { type CommandWords, pathPattern, quote, valueCases } from './words.js';

/** For zsh 5; to be sourced after compinit, or put into a file `_feedback-graph` on `$fpath`. */
export function zshScript(commands: readonly CommandWords[]): string {
  const described = (name: string, description: string): string =>
    quote(`${name.replaceAll(':', String.raw`\:`)}:${description}`);
  const words = commands.map(({ path, subcommands, flags, argumentChoices }) => {
    const plain = [
      ...subcommands.map(({ name, description }) => described(name, description)),
      ...argumentChoices.map(quote),
    ];
    const options = flags.map(({ long, description }) => described(long, description));
    return `    ${quote(path)}) values=(${plain.join(' ')}); options=(${options.join(' ')}) ;;`;
  });
  return `#compdef feedback-graph
_feedback_graph() {
  local path_words='' takes_value='' next index
  local -a values options
  for ((index = 2; index < CURRENT; index++)); do
    next="\${path_words:+$path_words }\${words[index]}"
    case "$next" in
      ${pathPattern(commands)}) path_words=$next ;;
    esac
  done
  case "$path_words:\${words[CURRENT-1]}" in
${valueCases(commands)}
  esac
  if [[ -z $takes_value ]]; then
    case "$path_words" in
${words.join('\n')}
    esac
    [[ \${words[CURRENT]} == -* ]] && values=("\${options[@]}")
  fi
  if (( \${#values} )); then
    _describe 'feedback-graph' values
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _feedback_graph || \${funcstack[1]} == _feedback-graph ]]; then
  _feedback_graph "$@"
else
  compdef _feedback_graph feedback-graph
fi
`;
}
