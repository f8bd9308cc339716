import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below where systems take the ports of outgoing connections from (Linux: 32768), so that none of those gets in between. */
const range = { from: 15_000, to: 32_000 };
const tries = 50;

/**
 * A loopback TCP port that is free now. Somebody may take it before it is used: start what needs it at once.
 *
 * @throws the system's error when one after the other is taken.
 */
export async function freePort(): Promise<number> {
  for (let left = tries; ; left -= 1) {
    const port = randomInt(range.from, range.to);
    try {
      await listenOnce(port);
      return port;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve()));
  });
}
