import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/embedded/free-port.ts';
import { startProduct, type Product } from '../support/product.ts';
import { expectedFailures, requiredScenarios, revisions, type Target } from './conformance/expected-failures.ts';
import { runSuite, type Check } from './conformance/run-suite.ts';
import { startConformanceServer } from './conformance/server.ts';
import { registeredClient } from '../support/oauth-client.ts';
import { accessToken } from './support/access-token.ts';
import { person } from './support/person.ts';
import { tokenProxy } from './support/token-proxy.ts';

const failed = ({ status }: Check) => status === 'FAILURE' || status === 'WARNING';
const named = ({ scenario, id }: Check) => `${scenario}:${id}`;

let product: Product;
let conformanceServer: Awaited<ReturnType<typeof startConformanceServer>>;
beforeAll(async () => {
  [product, conformanceServer] = [await startProduct(), await startConformanceServer()];
});
afterAll(async () => {
  await product.stop();
  await conformanceServer.stop();
});

const targets: Record<Target, () => Promise<{ url: string; token: () => Promise<string> }>> = {
  product: async () => {
    const who = await person(product.issuer, 'user@example.com');
    const token = await accessToken(product, who);
    return { url: product.mcpResource, token: async () => token };
  },
  'conformance server': async () => conformanceServer,
};

describe.each(Object.keys(targets) as Target[])('the %s', (target) => {
  describe.each(revisions)('under revision %s', (revision) => {
    let checks: readonly Check[] = [];
    beforeAll(async () => {
      const { url, token } = await targets[target]();
      const proxy = await tokenProxy(url, token);
      checks = await runSuite(['server', '--url', proxy.url, '--requirements', revision]);
      await proxy.stop();
    });

    it.each(requiredScenarios(revision))('was put through %s', (scenario) => {
      expect(checks.filter((check) => check.scenario === scenario)).not.toEqual([]);
    });

    it('fails what is listed as expected, for the reason that is given there, and nothing else', () => {
      const expected = expectedFailures(target, revision);
      const unexpected = checks.filter((check) => failed(check) && !expected.includes(named(check)));
      expect(unexpected.map((check) => `${named(check)}: ${check.errorMessage}`)).toEqual([]);
      const failures = checks.filter(failed).map(named);
      expect(expected.filter((entry) => !failures.includes(entry))).toEqual([]);
    });
  });
});

describe('the authorization server', () => {
  it.each(revisions)('passes the suite for authorization servers under revision %s', async (revision) => {
    const who = await person(product.issuer, 'user@example.com');
    const port = await freePort();
    const client = await registeredClient(product.issuer, {
      client_name: 'Conformance',
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
    });
    const clientId = client.clientMetadata().client_id;
    const checks = await runSuite(
      [
        ...['authorization', '--url', product.issuer, '--client-id', clientId, '--resource', product.mcpResource],
        ...['-p', String(port), '--spec-version', revision],
      ],
      (line) => {
        if (line.startsWith(`${product.issuer}/oauth/authorize?`)) void who.open(line.trim());
      },
    );
    expect(checks.map(({ scenario }) => scenario)).toEqual(
      expect.arrayContaining(['authorization-server-metadata-endpoint', 'authorization-code-grant']),
    );
    const unmet = checks.filter((check) => failed(check) || check.status === 'SKIPPED');
    expect(unmet.map((check) => `${named(check)}: ${check.errorMessage}`)).toEqual([]);
  });
});
