/**
 * The addresses of the screens. Ids may hold slashes, percent signs and emoji, which routers that decode a path before
 * they match it cannot tell apart; this one splits first and decodes each segment once.
 */
const BASE = '/console';

/** A screen's address; a segment that begins with `:` is a parameter. A new screen is a line here. */
const PATTERNS = {
  overview: '',
  feedback: 'feedback',
  entry: 'feedback/:id',
  review: 'review',
  adapters: 'adapters',
  compare: 'compare',
  adapter: 'adapters/:id',
  training: 'training',
  newBatch: 'training/new',
  batch: 'training/:number',
  audit: 'audit',
  settings: 'settings',
} as const;

export type RouteName = keyof typeof PATTERNS;

type ParameterNames<Pattern extends string> = Pattern extends `${infer First}/${infer Rest}`
  ? ParameterNames<First> | ParameterNames<Rest>
  : Pattern extends `:${infer Name}`
    ? Name
    : never;

/** The parameters of a route, decoded. */
export type Parameters<Name extends RouteName> = Readonly<Record<ParameterNames<(typeof PATTERNS)[Name]>, string>>;

/** A screen that an address names, with what it names there. */
export type Match<Name extends RouteName = RouteName> = {
  readonly [Each in Name]: { readonly name: Each; readonly parameters: Parameters<Each> };
}[Name];

/** What the component of a screen is given. */
export interface RouteProps<Name extends RouteName> {
  readonly parameters: Parameters<Name>;
}

const ROUTE_NAMES = Object.keys(PATTERNS) as readonly RouteName[];

/** Browsers resolve segments of dots, however they are written, so that these are marked with a tilde. */
const DOTS = /^~*\.{1,2}$/;

function encodeSegment(text: string): string {
  return encodeURIComponent(DOTS.test(text) ? `~${text}` : text);
}

function decodeSegment(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    return text.startsWith('~') && DOTS.test(text) ? text.slice(1) : text;
  } catch {
    // Written by hand, with a percent sign that stands for itself.
    return segment;
  }
}

/** The address of a screen, with search parameters if they are given as `?…`. */
export function routePath<Name extends RouteName>(name: Name, parameters: Parameters<Name>, search = ''): string {
  const values: Readonly<Record<string, string>> = parameters;
  const segments = PATTERNS[name]
    .split('/')
    .map((segment) => (segment.startsWith(':') ? encodeSegment(values[segment.slice(1)] ?? '') : segment));
  return `${[BASE, ...segments].join('/').replace(/\/$/, '')}${search}`;
}

/** The screen that an address names; undefined if there is none. */
export function matchRoute(pathname: string): Match | undefined {
  if (pathname !== BASE && !pathname.startsWith(`${BASE}/`)) return undefined;
  const given = pathname
    .slice(BASE.length + 1)
    .replace(/\/$/, '')
    .split('/');
  for (const name of ROUTE_NAMES) {
    const parameters = matchSegments(PATTERNS[name].split('/'), given);
    // The parameters are those of the pattern that has matched.
    if (parameters !== undefined) return { name, parameters } as Match;
  }
  return undefined;
}

function matchSegments(pattern: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [place, segment] of pattern.entries()) {
    const text = given[place] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== text) return undefined;
    } else if (text === '') return undefined;
    else parameters[segment.slice(1)] = decodeSegment(text);
  }
  return parameters;
}
