import type { CommandWords } from './words.js';

/** For fish 3. */
export function fishScript(commands: readonly CommandWords[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [quote(path)]));
  const lines = commands.flatMap(({ path, subcommands, flags, argumentChoices }) => {
    const here = `complete -c feedback-graph -n ${quote(`__feedback_graph_at ${quote(path)}`)}`;
    return [
      ...subcommands.map(({ name, description }) => `${here} -f -a ${quote(name)} -d ${quote(description)}`),
      ...argumentChoices.map((choice) => `${here} -f -a ${quote(choice)}`),
      ...flags.map(({ long, short, description, takesValue, choices }) =>
        [
          `${here} -l ${long.slice(2)}`,
          ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
          ...(takesValue ? ['-r'] : []),
          ...(choices.length > 0 ? [`-f -a ${quote(choices.join(' '))}`] : []),
          `-d ${quote(description)}`,
        ].join(' '),
      ),
    ];
  });
  return `# fish completion for feedback-graph
function __feedback_graph_at
    set -l path
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$path $word")
        if contains -- "$next" ${paths.join(' ')}
            set path $next
        end
    end
    test "$path" = "$argv[1]"
end

${lines.join('\n')}
`;
}

/** Within single quotes fish knows two escapes. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
