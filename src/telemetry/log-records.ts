/** The lines of the log as log records of OpenTelemetry, in the context of the request that they belong to. */
import { context } from '@opentelemetry/api';
import { type AnyValueMap, type Logger, SeverityNumber } from '@opentelemetry/api-logs';
import type { DestinationStream } from 'pino';
import { isJsonObject } from '../is-json-object.js';

const SEVERITIES: ReadonlyMap<unknown, { readonly text: string; readonly number: SeverityNumber }> = new Map([
  [10, { text: 'TRACE', number: SeverityNumber.TRACE }],
  [20, { text: 'DEBUG', number: SeverityNumber.DEBUG }],
  [30, { text: 'INFO', number: SeverityNumber.INFO }],
  [40, { text: 'WARN', number: SeverityNumber.WARN }],
  [50, { text: 'ERROR', number: SeverityNumber.ERROR }],
  [60, { text: 'FATAL', number: SeverityNumber.FATAL }],
]);

/** Where the log goes, and its records besides. Nothing is in a record that is not in the line. */
export function withLogRecords(destination: DestinationStream, logger: Logger): DestinationStream {
  return {
    write: (line) => {
      destination.write(line);
      const fields: unknown = JSON.parse(line);
      if (isJsonObject(fields)) emit(logger, fields);
    },
  };
}

function emit(logger: Logger, fields: Readonly<Record<string, unknown>>): void {
  // The process and its host are those of the resource, the trace is that of the context.
  const { level, time, msg, err, pid: _pid, hostname: _host, trace_id: _trace, span_id: _span, ...others } = fields;
  const severity = SEVERITIES.get(level);
  logger.emit({
    ...(typeof time === 'number' && { timestamp: time }),
    ...(severity !== undefined && { severityNumber: severity.number, severityText: severity.text }),
    body: typeof msg === 'string' ? msg : '',
    // What was read of JSON is made of the values that attributes may have.
    attributes: { ...(others as AnyValueMap), ...exceptionOf(err) },
    context: context.active(),
  });
}

function exceptionOf(error: unknown): AnyValueMap {
  if (!isJsonObject(error)) return {};
  const { type, message, stack } = error;
  return {
    ...(typeof type === 'string' && { 'exception.type': type }),
    ...(typeof message === 'string' && { 'exception.message': message }),
    ...(typeof stack === 'string' && { 'exception.stacktrace': stack }),
  };
}
