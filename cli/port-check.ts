import { createServer } from 'node:net';

/** A public port, by the flag that moves it. */
export interface WantedPort {
  port: number;
  flag: string;
  what: string;
}

/** @returns one line for each port that somebody else has; empty when all are free. */
export async function takenPorts(wanted: readonly WantedPort[]): Promise<string[]> {
  const answers = await Promise.all(wanted.map(async (one) => ((await isFree(one.port)) ? undefined : one)));
  return answers
    .filter((one) => one !== undefined)
    .map(
      ({ port, flag, what }) =>
        `Port ${port} (${what}) is taken by another program. Stop that, or choose another port with ${flag} <port>.`,
    );
}

/** Browsers try ::1 for localhost first, so a stranger there would get our visitors. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has no ::1 to be taken.
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
    );
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}
