import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './bundle.ts';

const file = fileURLToPath(new URL('../dist/workflows/bundle.js', import.meta.url));

await mkdir(dirname(file), { recursive: true });
await writeFile(file, (await bundleWorkflows()).code);
