import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';

/**
 * The schema with its JSON Schema made once. The SDK's stateless servers are made anew for each request and would
 * convert it each time.
 */
export function jsonSchemaOnce<Input, Output>(
  schema: StandardSchemaWithJSON<Input, Output>,
): StandardSchemaWithJSON<Input, Output> {
  const standard = schema['~standard'];
  type Convert = (typeof standard)['jsonSchema']['input'];
  const once = (convert: Convert): Convert => {
    const made = new Map<string, ReturnType<Convert>>();
    return (options) => {
      const known = made.get(options.target) ?? convert(options);
      made.set(options.target, known);
      return known;
    };
  };
  const { input, output } = standard.jsonSchema;
  return { '~standard': { ...standard, jsonSchema: { input: once(input), output: once(output) } } };
}
