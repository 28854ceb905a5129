// The steps of a Dockerfile, in the few forms that ours has.
import { DockerfileParser } from 'dockerfile-ast';

/**
 * @param {string} text of a Dockerfile
 * @returns {{ base: string, name: string | undefined, steps: { keyword: string, [name: string]: unknown }[] }[]} its stages
 * @throws {Error} for an instruction, or a form of one, that is not known here
 */
export function readStages(text) {
  const variables = new Map();
  const stages = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const content = instruction.getArgumentsContent() ?? '';
    const words = instruction.getArguments().map((each) => each.getValue());
    const flags = new Map((instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue()]));
    if (keyword === 'ARG') {
      const [name, value = ''] = content.split('=');
      variables.set(name, value);
    } else if (keyword === 'FROM') {
      const [base, , name] = words;
      stages.push({ base: base.replaceAll(/\$\{(\w+)\}/g, (_, each) => variables.get(each)), name, steps: [] });
    } else {
      stages.at(-1).steps.push({ keyword, ...readStep(keyword, { content, words, flags }) });
    }
  }
  return stages;
}

function readStep(keyword, { content, words, flags }) {
  switch (keyword) {
    case 'COPY':
      return { from: flags.get('from'), sources: words.slice(0, -1), target: words.at(-1) };
    case 'RUN':
      return { command: content };
    case 'ENV':
      return { variables: Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2))) };
    case 'WORKDIR':
    case 'USER':
    case 'VOLUME':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return { value: content };
    case 'ENTRYPOINT':
    case 'CMD':
      return { argv: JSON.parse(content) };
    case 'HEALTHCHECK':
      return { argv: JSON.parse(content.replace(/^CMD /, '')), flags: Object.fromEntries(flags) };
    default:
      throw new Error(`${keyword} is not known to this script`);
  }
}
