import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyJsonSchema } from '../activities/policy/policy-json-schema.ts';
import { projectRoot } from './configuration.ts';

// `npm run schema`: after a change of activities/policy/policy-file.ts.
await writeFile(join(projectRoot, 'countersign.policy.schema.json'), policyJsonSchema());
