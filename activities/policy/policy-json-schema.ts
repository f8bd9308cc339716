import { z } from 'zod';
import { policyFileSchema } from './policy-file.ts';

/**
 * The JSON Schema of the policy file, for editors. It follows from the schema that reads the file, but for what spans
 * several places (a tool's scope must exist, a grant must fit its maximum): that is checked on reading alone.
 */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(policyFileSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'Countersign policy file' }, null, 2)}\n`;
}
