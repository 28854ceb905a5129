/**
 * The fields of the records that every submit writes, in the order in which their values are stored in place of their names:
 * names were half of what such a record took on disk. A number, a place and a packing stay what they are for as long as
 * there are stores that have them: a new field goes to the end of its shape. One without a place is stored with its name, as
 * one must be that servers of the release before shall read: see `RECORD_FORMAT`.
 */

/** Another form of a value, in which it takes less. */
export interface Packing {
  /** @returns undefined for a value that has no such form, whose record is then stored with names */
  readonly pack: (value: unknown) => unknown;
  readonly unpack: (packed: unknown) => unknown;
}

export interface RecordShape {
  /** 0 to 255. */
  readonly number: number;
  /** At most 52, one for each bit of an integer. */
  readonly fields: readonly string[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** By the place of a field. */
  readonly packings: readonly (Packing | undefined)[];
}

function shape(
  number: number,
  fields: readonly string[],
  packings: Readonly<Record<string, Packing>> = {},
): RecordShape {
  const placeOf = new Map(fields.map((field, place) => [field, place]));
  return { number, fields, placeOf, packings: fields.map((field) => packings[field]) };
}

const SHA256 = /^[0-9a-f]{64}$/;

/** A hash in hexadecimal digits, or the empty text where there is none yet. */
const hash: Packing = {
  pack: (value) => {
    if (value === '') return '';
    return typeof value === 'string' && SHA256.test(value) ? Buffer.from(value, 'hex').toString('base64') : undefined;
  },
  unpack: (packed) => Buffer.from(String(packed), 'base64').toString('hex'),
};

/** The head and the length of a chain of audit events. */
const chain: Packing = {
  pack: (value) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'head,length') return undefined;
    const { head, length } = value as { readonly head: unknown; readonly length: unknown };
    const packed = hash.pack(head);
    return packed === undefined ? undefined : [packed, length];
  },
  unpack: (packed) => {
    const [head, length] = packed as readonly [unknown, unknown];
    return { head: hash.unpack(head), length };
  },
};

export const RECORD_SHAPES = {
  feedback: shape(
    1,
    [
      'type',
      'question',
      'answer',
      'correction',
      'comment',
      'userId',
      'interactionId',
      'modelVersion',
      'adapterId',
      'adapterVersion',
      'externalId',
      'id',
      'version',
      'validationStatus',
      'validationReasons',
      'findings',
      'fingerprint',
      'judging',
      'review',
      'withdrawn',
      'reviewClaim',
      'use',
      'trainingBatchId',
      'createdAt',
      'updatedAt',
      'submittedBy',
      'audit',
      'conversationId',
      'reason',
      'tags',
      'scores',
      'metadata',
      'source',
      'responseId',
      'traceId',
      'spanId',
      'messages',
      'tools',
      'said',
      'saidAt',
      'candidates',
      'preferred',
    ],
    { audit: chain },
  ),
  auditEvent: shape(
    2,
    [
      'at',
      'action',
      'node',
      'versionBefore',
      'versionAfter',
      'id',
      'position',
      'previous',
      'actor',
      'requestId',
      'reason',
      'actorHash',
    ],
    { previous: hash },
  ),
  change: shape(3, ['at', 'action', 'node', 'version']),
  link: shape(4, ['createdAt', 'updatedAt', 'createdBy', 'adapterVersion', 'metadata']),
};

export const SHAPE_BY_NUMBER: ReadonlyMap<number, RecordShape> = new Map(
  Object.values(RECORD_SHAPES).map((each) => [each.number, each]),
);
