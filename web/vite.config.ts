import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { isWebAppName, webAppNames, webApps } from './web-apps.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** One build per app, chosen by `--mode`: each has a base path and a server of its own. */
// Vite reads its configuration from the default export.
export default defineConfig(({ mode }) => {
  if (!isWebAppName(mode)) throw new Error(`--mode must be one of ${webAppNames.join(', ')}, not ${mode}`);
  return {
    root: `${here}${mode}`,
    base: webApps[mode].base,
    publicDir: false,
    plugins: [react(), tailwindcss()],
    build: {
      outDir: `${here}../dist/web/${mode}`,
      emptyOutDir: true,
      // light-dark() must reach the browser as it is: every target here knows it.
      target: ['chrome125', 'firefox126', 'safari18'],
      // The content security policy allows neither data: URLs nor inline scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: true,
      reportCompressedSize: false,
      rolldownOptions: {
        output: {
          codeSplitting: { groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }] },
        },
      },
    },
  };
});
