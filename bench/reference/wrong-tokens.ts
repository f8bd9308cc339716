import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';

/**
 * A process of its own that sends so many requests a second with tokens that look right and are not: claims of a real one,
 * another id and signature each time, so that the signature has to be checked.
 */
const [url = '', token = '', perSecond = '1000'] = process.argv.slice(2);
const [header = '', payload = ''] = token.split('.');
const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const everyMs = 10;
let sent = 0;
let refused = 0;

function forged(): string {
  const own = Buffer.from(JSON.stringify({ ...claims, jti: randomBytes(16).toString('hex') })).toString('base64url');
  return `${header}.${own}.${randomBytes(64).toString('base64url')}`;
}

function send(): void {
  const headers = {
    authorization: `Bearer ${forged()}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
  sent += 1;
  request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume();
    if (response.statusCode === 401) refused += 1;
  })
    .once('error', () => undefined)
    .end('{}');
}

const begun = performance.now();
setInterval(() => {
  const due = ((performance.now() - begun) / 1_000) * Number(perSecond);
  while (sent < due) send();
}, everyMs);
process.on('message', () => {
  const seconds = (performance.now() - begun) / 1_000;
  process.send?.({ refusedPerSecond: refused / seconds });
});
process.once('disconnect', () => process.exit(0));
process.send?.({ ready: true });
