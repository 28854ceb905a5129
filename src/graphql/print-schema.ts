/** Writes schema/schema.graphql. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { createSchema } from './schema.js';

mkdirSync('schema', { recursive: true });
writeFileSync('schema/schema.graphql', `${printSchema(createSchema())}\n`);
