import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../../../src/store/engine/postgres/migrations.js';
import { STATEMENTS } from '../../../../src/store/engine/postgres/statements.js';

/** What CockroachDB or YugabyteDB do not have, or have with another meaning. */
const OUTSIDE_THE_SUBSET: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['LISTEN and NOTIFY', /\b(?:LISTEN|UNLISTEN|NOTIFY)\b|pg_notify/i],
  ['advisory locks', /advisory_(?:xact_)?lock/i],
  ['sequences', /\b(?:CREATE|ALTER) SEQUENCE\b|\bSERIAL\b|\bBIGSERIAL\b|\bIDENTITY\b|nextval|setval/i],
  ['transaction ids and snapshots', /\bxmin\b|\bxmax\b|\bctid\b|pg_snapshot|pg_current_xact|txid_|age\(/i],
  ['procedural code', /\bplpgsql\b|\bDO \$\$|CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE|TRIGGER)/i],
  ['TRUNCATE', /\bTRUNCATE\b/i],
  ['collations', /\bCOLLATE\b/i],
  ['LIMIT NULL', /\bLIMIT\s+NULL\b/i],
  [
    'several writes in one statement',
    /\bWITH\b.*\b(?:INSERT|(?<!FOR )UPDATE|DELETE)\b.*\b(?:INSERT|UPDATE|DELETE)\b/is,
  ],
  ['table locks', /\bLOCK TABLE\b/i],
  ['SKIP LOCKED and NOWAIT', /SKIP LOCKED|NOWAIT/i],
];

const DIRECTORY = join(import.meta.dirname, '../../../../src/store/engine/postgres');

test.each(OUTSIDE_THE_SUBSET)('no statement uses %s', (_name, pattern) => {
  const statements = [
    ...Object.values(STATEMENTS),
    ...MIGRATIONS.flatMap(({ statements: of }) => [...of({ isPostgres: true }), ...of({ isPostgres: false })]),
  ];
  expect(statements.filter((statement) => pattern.test(statement))).toEqual([]);
});

test('all statements on the tables stand in the two lists, but for those that look at the tables themselves', () => {
  const listed = new Set(['statements.ts', 'migrations.ts', 'schema.ts']);
  const others = readdirSync(DIRECTORY).filter((file) => file.endsWith('.ts') && !listed.has(file));
  const found = others.filter((file) => {
    const code = readFileSync(join(DIRECTORY, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return /\b(?:FROM|INTO|UPDATE|TABLE)\s+fg_/i.test(code);
  });
  expect(found).toEqual([]);
});

test('what the schema asks keeps to the subset as well', () => {
  const code = readFileSync(join(DIRECTORY, 'schema.ts'), 'utf8');
  for (const [, pattern] of OUTSIDE_THE_SUBSET.slice(0, -3)) expect(code).not.toMatch(pattern);
});

test('only PostgreSQL is told how to store values', () => {
  const statements = MIGRATIONS.flatMap(({ statements: of }) => of({ isPostgres: false }));
  expect(statements.filter((statement) => /STORAGE|UNLOGGED/i.test(statement))).toEqual([]);
});
