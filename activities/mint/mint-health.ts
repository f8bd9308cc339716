import { request } from 'node:http';

const timeoutMs = 1_000;

/** Resolves when the mint answers on its socket. @throws Error when it does not, within a second */
export function checkMint(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/healthz', timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`The mint answered ${response.statusCode ?? '?'}.`));
    });
    asked.on('timeout', () => asked.destroy(new Error('The mint did not answer in time.')));
    asked.on('error', reject);
    asked.end();
  });
}
