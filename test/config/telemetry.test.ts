import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/config.js';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

function telemetryOf(environment: NodeJS.ProcessEnv) {
  return loadConfig(environment).telemetry;
}

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('telemetry', () => {
  it('is off without an endpoint, where it is disabled, and where nothing is to be sent', () => {
    const none = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    // What OpenTelemetry's own variables say is then not checked either.
    expect(telemetryOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBeUndefined();
    expect(
      telemetryOf({ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
    ).toBeUndefined();
    expect(telemetryOf({ ...ENDPOINT, ...none })).toBeUndefined();
  });

  it('sends everything as Protobuf and no comments by default', () => {
    const signals = { traces: 'http/protobuf', metrics: 'http/protobuf', logs: 'http/protobuf' };
    expect(telemetryOf(ENDPOINT)).toEqual({ signals, comments: false, propagates: true });
  });

  it('takes the variables of a signal before those of all', () => {
    const telemetry = telemetryOf({
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_PROPAGATORS: 'b3, baggage',
      FEEDBACK_TELEMETRY_COMMENTS: 'on',
    });
    const signals = { traces: 'http/protobuf', logs: 'http/json' };
    expect(telemetry).toEqual({ signals, comments: true, propagates: false });
    const ofLogs = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'https://collector/logs' };
    expect(telemetryOf(ofLogs)?.signals).toEqual({ logs: 'http/protobuf' });
  });

  it('refuses what it cannot do, without repeating an address', () => {
    expect(problemsOf({ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toEqual([
      "OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/protobuf, http/json, not 'grpc'",
    ]);
    expect(problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'name:a-password@collector:4318' })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL',
    ]);
    expect(problemsOf({ ...ENDPOINT, OTEL_LOGS_EXPORTER: 'console' })).toEqual([
      "OTEL_LOGS_EXPORTER must be one of otlp, none, not 'console'",
    ]);
    expect(problemsOf({ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'jaeger_remote' })).toEqual([
      expect.stringMatching(/^OTEL_TRACES_SAMPLER must be one of always_on, .* not 'jaeger_remote'$/),
    ]);
    for (const share of ['10%', '2', '-1']) {
      const sampled = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: share };
      const problem = `OTEL_TRACES_SAMPLER_ARG must be from 0 to 1, not '${share}'`;
      expect(problemsOf({ ...ENDPOINT, ...sampled })).toEqual([problem]);
    }
    for (const attributes of ['team', 'team=a,place', '=a', 'team=a=b', 'team=%zz']) {
      const problem =
        'OTEL_RESOURCE_ATTRIBUTES must be pairs such as deployment.environment.name=test, separated by commas';
      expect(problemsOf({ ...ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: attributes })).toEqual([problem]);
    }
    const right = { OTEL_RESOURCE_ATTRIBUTES: ' team=a, place=%2C ,', OTEL_TRACES_SAMPLER: 'always_off' };
    expect(problemsOf({ ...ENDPOINT, ...right, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' })).toEqual([]);
    expect(problemsOf({ FEEDBACK_TELEMETRY_COMMENTS: 'some' })).toEqual([
      "FEEDBACK_TELEMETRY_COMMENTS must be one of on, off, not 'some'",
    ]);
  });
});
