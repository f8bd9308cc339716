import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { refusalResultSchema } from '../authorization/refusal-result.ts';
import { jsonSchemaOnce } from './json-schema-once.ts';

/** What {@link refusalResultSchema} is in JSON Schema. */
const { $schema: _, ...refusal } = z.toJSONSchema(refusalResultSchema);

/**
 * The output schema of a tool as it is shown: its own output, or the authorization error in its place. Clients hold the
 * structured content of failed calls to it as well. What the tool itself answers is held to its own output alone.
 */
export function outputSchema<Input, Output>(
  schema: StandardSchemaWithJSON<Input, Output>,
): StandardSchemaWithJSON<Input, Output> {
  const own = jsonSchemaOnce(schema)['~standard'];
  const made = new Map<string, Record<string, unknown>>();
  const shown: typeof own.jsonSchema.output = (options) => {
    const known = made.get(options.target);
    if (known !== undefined) return known;
    const { $schema, ...output } = own.jsonSchema.output(options);
    const either = { ...($schema === undefined ? {} : { $schema }), type: 'object', anyOf: [output, refusal] };
    made.set(options.target, either);
    return either;
  };
  return { '~standard': { ...own, jsonSchema: { input: own.jsonSchema.input, output: shown } } };
}
