/** A model as a training's files name it: an id of a model hub, or a path on the machine that trained. */
export interface ModelName {
  readonly id: string;
  /** Where the name says it. */
  readonly revision?: string;
  /** Whether it was a path. `id` is then its last part only, as paths reveal machines and people. */
  readonly isPath: boolean;
}

const HUB = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\//i;
const PATH = /^(?:[/\\~]|\.{1,2}(?:[/\\]|$)|[A-Za-z]:(?:[/\\]|$)|[A-Za-z][A-Za-z0-9+.-]*:\/\/|file:)/;

/**
 * The model that a name stands for: `organization/name` as it is; of a path the last part, except that the cache of a
 * hub says in its directories which model it holds (`models--organization--name/snapshots/revision`).
 * @returns `undefined` for a path without a last part, such as `/` or `..`.
 */
export function modelName(text: string): ModelName | undefined {
  const name = text.trim();
  if (HUB.test(name)) return hubAddress(name.replace(HUB, ''));
  const parts = name.split(/[/\\]+/).filter((part) => part !== '' && part !== '.');
  const isPath = PATH.test(name) || name.includes('\\') || parts.includes('..') || parts.length > 2;
  if (!isPath) return parts.length === 0 ? undefined : { id: parts.join('/'), isPath: false };
  return cachedModel(parts) ?? lastPart(parts);
}

/** What follows the host of a hub: `organization/name`, perhaps with `tree/revision` behind it. */
function hubAddress(address: string): ModelName | undefined {
  const [organization, name, kind, revision] = address.replace(/[?#].*$/s, '').split('/');
  if (organization === undefined || organization === '') return undefined;
  if (name === undefined || name === '') return { id: organization, isPath: false };
  const isRevision = (kind === 'tree' || kind === 'blob' || kind === 'resolve') && revision !== undefined;
  return { id: `${organization}/${name}`, isPath: false, ...(isRevision && revision !== '' ? { revision } : {}) };
}

function cachedModel(parts: readonly string[]): ModelName | undefined {
  const at = parts.findIndex((part) => part.startsWith('models--') && part.length > 'models--'.length);
  const cached = parts[at]?.slice('models--'.length);
  if (cached === undefined) return undefined;
  const revision = parts[at + 1] === 'snapshots' ? parts[at + 2] : undefined;
  return { id: cached.replaceAll('--', '/'), isPath: true, ...(revision === undefined ? {} : { revision }) };
}

function lastPart(parts: readonly string[]): ModelName | undefined {
  const last = parts.at(-1);
  const isNone = last === undefined || last === '..' || last === '~' || /^[A-Za-z][A-Za-z0-9+.-]*:$/.test(last);
  return isNone ? undefined : { id: last, isPath: true };
}

/** What trainings call their output, whatever they train. */
const GENERIC =
  /^(?:(?:checkpoint|ckpt|step|global_?step|epoch|iter|run|version|v|trial|exp|experiment)?[-_]?\d+|(?:final|best|last|latest|current|merged|base|test|tmp|out|output|outputs|result|results|adapter|adapters|lora|model|models|weights|checkpoint|checkpoints|hf|export|save|saved)(?:[-_](?:final|best|last|latest|merged|model|adapter|checkpoint|output|weights|hf|\d+))*|[0-9a-f]{40})$/i;

/**
 * Whether a name says only which of a training's outputs a model is, as `checkpoint-500`: models that have nothing to do
 * with each other have the same.
 */
export function isGeneric({ id, isPath }: ModelName): boolean {
  const parts = id.split('/');
  const last = parts.at(-1) ?? '';
  return parts.length === 1 || isPath ? GENERIC.test(last) : /^(?:checkpoint|ckpt|global_?step)[-_]?\d+$/i.test(last);
}

/** Whether a path may lead to a model that has a name in a hub: the path's last part is that name. */
export function isSameModel(path: ModelName, named: ModelName): boolean {
  const last = ({ id }: ModelName): string => id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  return last(path) === last(named);
}
