import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedFetch, SaysNothing, type GuardedFetchOptions } from '../../api/http/guarded-fetch.ts';
import { startClientSite, type ClientSite } from '../support/client-documents.ts';

let site: ClientSite;

beforeAll(async () => {
  site = await startClientSite();
  site.put('/good.json', { a: 1 });
});
afterAll(() => site.stop());

const fetchWith = (changes: Partial<GuardedFetchOptions>) => guardedFetch({ ...site.options, ...changes });
const resolvingTo = (...addresses: string[]) => ({ resolve: () => Promise.resolve(addresses) });

test('reads JSON from where it may', async () => {
  const response = await fetchWith({})(`${site.origin}/good.json`);
  expect([response.status, await response.json()]).toEqual([200, { a: 1 }]);
});

describe('addresses that are not of the internet', () => {
  test.each([
    ['127.0.0.1'],
    ['10.0.0.7'],
    ['172.16.3.4'],
    ['192.168.1.1'],
    ['169.254.169.254'],
    ['100.64.0.1'],
    ['0.0.0.0'],
    ['224.0.0.1'],
    ['255.255.255.255'],
    ['192.0.2.1'],
    ['198.18.0.1'],
    ['::'],
    ['::1'],
    ['fe80::1'],
    ['fd00::1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:a00:1'],
    ['64:ff9b::7f00:1'],
    ['2002:7f00:1::'],
    ['not an address'],
    ['93.184.216.34', '10.0.0.7'],
  ])('%s is not connected to', async (...addresses) => {
    const asked = site.asked.length;
    const fetching = fetchWith({ allowedHosts: [], ...resolvingTo(...addresses) })('https://client.test/good.json');
    await expect(fetching).rejects.toThrow('not public');
    expect(site.asked).toHaveLength(asked);
  });

  test.each([
    ['http://client.test/good.json', 'only https'],
    ['https://127.0.0.1/good.json', 'only names'],
    ['https://[::1]/good.json', 'only names'],
    ['https://2130706433/good.json', 'only names'],
    ['https://client.test:22/good.json', 'only port 443'],
    ['https://me:secret@client.test/good.json', 'names a user'],
  ])('%s is not fetched', async (address, why) => {
    const fetching = fetchWith({ allowedHosts: [], ...resolvingTo('93.184.216.34') })(address);
    await expect(fetching).rejects.toThrow(why);
  });

  test('a name without an address is nothing', async () => {
    await expect(fetchWith(resolvingTo())(`${site.origin}/good.json`)).rejects.toThrow('no address');
  });

  test('a name that changes its mind is connected to where it was looked at (DNS rebinding)', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.7'], ['10.0.0.7']];
    let resolved = 0;
    const resolve = () => Promise.resolve(answers[resolved++] ?? []);
    expect((await fetchWith({ resolve })(`${site.origin}/good.json`)).status).toBe(200);
    expect(resolved).toBe(1);
  });
});

describe('answers that are not read', () => {
  test.each([301, 302, 303, 307, 308])('%i: no redirect is followed', async (status) => {
    site.put('/away', (_request, response) => {
      response.writeHead(status, { location: `${site.origin}/good.json` }).end();
    });
    await expect(fetchWith({})(`${site.origin}/away`)).rejects.toThrow(`answered ${status}`);
  });

  test.each([404, 410, 401, 403, 500, 204])('%i', async (status) => {
    site.put('/broken', (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end();
    });
    await expect(fetchWith({})(`${site.origin}/broken`)).rejects.toThrow(`answered ${status}`);
    const saysNothing = await fetchWith({})(`${site.origin}/broken`).catch(
      (error: unknown) => error instanceof SaysNothing,
    );
    expect(saysNothing).toBe([401, 403, 204].includes(status));
  });

  test.each(['text/html', 'text/plain; charset=utf-8', 'application/jsonp', ''])('content type %j', async (type) => {
    site.put('/page', (_request, response) => {
      response.writeHead(200, type === '' ? {} : { 'content-type': type }).end('{}');
    });
    await expect(fetchWith({})(`${site.origin}/page`)).rejects.toThrow('not JSON');
  });

  test('a compressed one', async () => {
    site.put('/small', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('x');
    });
    await expect(fetchWith({})(`${site.origin}/small`)).rejects.toThrow('compressed');
  });

  test('one that never comes, and one that never ends', async () => {
    site.put('/never', () => undefined);
    site.put('/drip', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const dripping = setInterval(() => response.write(' '), 20);
      response.once('close', () => {
        clearInterval(dripping);
      });
    });
    const within = () => ({ signal: AbortSignal.timeout(300) });
    await expect(fetchWith({})(`${site.origin}/never`, within())).rejects.toThrow();
    const dripping = await fetchWith({})(`${site.origin}/drip`, within());
    await expect(dripping.text()).rejects.toThrow();
  });

  test('one from a server whose certificate nobody vouches for', async () => {
    const { ca: _, ...trustingNobody } = site.options;
    await expect(guardedFetch(trustingNobody)(`${site.origin}/good.json`)).rejects.toThrow('self-signed');
  });
});
