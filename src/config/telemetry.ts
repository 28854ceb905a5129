/**
 * What is sent to an OpenTelemetry collector. Its own settings are the variables of the OpenTelemetry specification
 * (`OTEL_…`), which its exporters read themselves; here they are checked, so that a wrong one stops the start.
 */

export const SIGNALS = ['traces', 'metrics', 'logs'] as const;

export type Signal = (typeof SIGNALS)[number];

export const PROTOCOLS = ['http/protobuf', 'http/json'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface TelemetrySettings {
  /** What is sent, and how; what is absent is not sent. */
  readonly signals: Readonly<Partial<Record<Signal, Protocol>>>;
  /** Whether the trace context of requests is read, and passed on. */
  readonly propagates: boolean;
  /** Whether the comments of users are sent, too. */
  readonly comments: boolean;
}

/**
 * @param problems gets a line for each variable that is wrong
 * @returns undefined if nothing is to be sent: then nothing of OpenTelemetry is loaded
 */
export function readTelemetry(
  environment: NodeJS.ProcessEnv,
  comments: boolean,
  problems: string[],
): TelemetrySettings | undefined {
  const valueOf = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const oneOf = <const Value extends string>(name: string, values: readonly Value[]): Value | undefined => {
    const value = valueOf(name);
    const known = values.find((each) => each === value);
    if (value !== undefined && known === undefined) {
      problems.push(`${name} must be one of ${values.join(', ')}, not '${value}'`);
    }
    return known;
  };
  if (valueOf('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  /** The beginnings of the variables of a signal, which go before those of all signals. */
  const prefixes = (signal: Signal) => [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`, 'OTEL_EXPORTER_OTLP'];
  const sent = SIGNALS.filter((signal) => prefixes(signal).some((prefix) => valueOf(`${prefix}_ENDPOINT`)));
  const isSent = (signal: Signal): boolean =>
    oneOf(`OTEL_${signal.toUpperCase()}_EXPORTER`, ['otlp', 'none']) !== 'none';
  const signals = sent.filter(isSent);
  if (signals.length === 0) return undefined;
  const protocols = new Map<string, Protocol | undefined>();
  for (const prefix of new Set(signals.flatMap(prefixes))) {
    const endpoint = valueOf(`${prefix}_ENDPOINT`);
    // The value is not repeated: an address may have a password.
    if (endpoint !== undefined && !isHttpUrl(endpoint))
      problems.push(`${prefix}_ENDPOINT must be an http or https URL`);
    protocols.set(prefix, oneOf(`${prefix}_PROTOCOL`, PROTOCOLS));
  }
  const protocolOf = (signal: Signal): Protocol =>
    prefixes(signal)
      .map((prefix) => protocols.get(prefix))
      .find((protocol) => protocol !== undefined) ?? 'http/protobuf';
  for (const prefix of new Set(signals.flatMap(prefixes))) oneOf(`${prefix}_COMPRESSION`, ['none', 'gzip']);
  checkSampler(oneOf('OTEL_TRACES_SAMPLER', SAMPLERS), valueOf('OTEL_TRACES_SAMPLER_ARG'), problems);
  // The SDK would leave out all of them, and say nothing.
  if (!areAttributes(valueOf('OTEL_RESOURCE_ATTRIBUTES') ?? '')) {
    problems.push(
      'OTEL_RESOURCE_ATTRIBUTES must be pairs such as deployment.environment.name=test, separated by commas',
    );
  }
  const propagators = valueOf('OTEL_PROPAGATORS')
    ?.split(',')
    .map((each) => each.trim());
  return {
    signals: Object.fromEntries(signals.map((signal) => [signal, protocolOf(signal)])),
    comments,
    propagates: propagators?.includes('tracecontext') ?? true,
  };
}

/** A share that is none would record everything. */
function checkSampler(sampler: string | undefined, share: string | undefined, problems: string[]): void {
  if (share === undefined || sampler?.endsWith('traceidratio') !== true) return;
  const value = Number(share);
  if (!(value >= 0 && value <= 1)) problems.push(`OTEL_TRACES_SAMPLER_ARG must be from 0 to 1, not '${share}'`);
}

/** Whether it is a list of `key=value`, percent-encoded, as the SDK takes it. */
function areAttributes(text: string): boolean {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return pairs.every((pair) => /^[^=]*[^=\s][^=]*=[^=]*$/.test(pair) && isPercentEncoded(pair));
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
