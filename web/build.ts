import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { webAppNames } from './web-apps.ts';

const configFile = fileURLToPath(new URL('./vite.config.ts', import.meta.url));

// One build for each app: each has its own base path and must run without the others.
for (const mode of webAppNames) await build({ configFile, mode, logLevel: 'warn' });
