import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test as base, type BrowserContextOptions, type Page } from '@playwright/test';
import { grantListSchema } from '../../api/contract/grants.ts';
import { launch, launchPorts, removeStateFolder, temporaryStateFolder, type Launched } from '../support/launched.ts';
import { startScriptedEndpoint } from '../support/scripted-endpoint.ts';
import { whyNoBrowserTests } from '../support/system-needs.ts';
import { signedIn } from '../support/visitor.ts';

/** How long a request for `read:files` waits here. Only the auditor has to ask for it. */
const shortRequestTtl = '4s';

/** How long ago somebody may have signed in to consent themselves: soon over, so that they sign in again. */
export const freshSignIn = '20s';

interface TestFixtures {
  /** Skips the test, with the reason, where the machine lacks what it takes. */
  machine: void;
  /** Tests share one product: what earlier ones were granted is revoked, so that each meets the refusals it is about. */
  nothingHeld: void;
  /** A new browser context's page: nobody is signed in. The test fails when any page of it logs an error. */
  newVisitor: (options?: BrowserContextOptions) => Promise<Page>;
}

interface WorkerFixtures {
  /** `own consent`: developers and users consent to commands themselves, shortly after signing in. */
  policyVariant: 'usual' | 'own consent';
  /** Who speaks for the agent: the planner, or a model that says what the test scripts. */
  agent: 'planner' | 'scripted model';
  /** That model; nothing asks it while the planner speaks. */
  model: Awaited<ReturnType<typeof startScriptedEndpoint>>;
  /** One product for the whole run, as `npm start` runs it. */
  product: Launched;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  policyVariant: ['usual', { option: true, scope: 'worker' }],
  agent: ['planner', { option: true, scope: 'worker' }],
  model: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const endpoint = await startScriptedEndpoint();
      await use(endpoint);
      await endpoint.stop();
    },
    { scope: 'worker' },
  ],
  product: [
    async ({ policyVariant, agent, model }, use) => {
      const stateFolder = await temporaryStateFolder();
      try {
        const policyFile = join(stateFolder, 'policy.yaml');
        await writeFile(policyFile, await testPolicy(policyVariant));
        const product = await launch({
          stateFolder: join(stateFolder, 'state'),
          ports: await launchPorts(),
          policyFile,
          ...(agent === 'planner' ? {} : { modelBaseUrl: model.baseUrl }),
        });
        await use(product);
        await product.stop();
      } finally {
        await removeStateFolder(stateFolder);
      }
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  machine: [
    // Playwright reads the names of a fixture's needs from this pattern.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use, testInfo) => {
      const reason = await whyNoBrowserTests();
      testInfo.skip(reason !== undefined, reason);
      await use();
    },
    { auto: true },
  ],
  nothingHeld: [
    async ({ machine: _machine, product }, use) => {
      await revokeEverything(product.issuer);
      await use();
    },
    { auto: true },
  ],
  newVisitor: async ({ browser }, use) => {
    const errors: string[] = [];
    const close: (() => Promise<void>)[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({
        reducedMotion: 'reduce',
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      close.push(() => context.close());
      context.on('console', (message) => {
        if (message.type() === 'error' && !isExpected(message.text(), message.location().url))
          errors.push(`${message.location().url}: ${message.text()}`);
      });
      context.on('weberror', (error) => errors.push(String(error.error())));
      return context.newPage();
    });
    for (const one of close) await one();
    expect(errors, 'the browser logged errors').toEqual([]);
  },
});

export { expect };

/**
 * Asking who is signed in is answered 401 when nobody is, as is a stream, and the browser says so; so it does for a
 * refused or missing page and for a decision that came too late.
 */
function isExpected(text: string, url: string): boolean {
  const { pathname } = new URL(url, 'http://localhost');
  return (
    ((pathname === '/api/user-status' || pathname === '/api/events') && text.includes('status of 401')) ||
    (/^\/dashboard($|\/requests\/)/.test(pathname) && text.includes('status of 403')) ||
    (pathname === '/no-such-page' && text.includes('status of 404')) ||
    (pathname.startsWith('/api/consents/') && text.includes('status of 404')) ||
    // A conversation that was deleted in another tab.
    (pathname === '/api/chat-history' && text.includes('status of 404')) ||
    (/^\/api\/(approve|deny)\//.test(pathname) && text.includes('status of 409'))
  );
}

/** The shipped policy with requests that expire soon, and a second approver for scopes of user data. */
async function testPolicy(variant: WorkerFixtures['policyVariant']): Promise<string> {
  const shipped = await readFile('countersign.policy.yaml', 'utf8');
  const short = shipped.replace(/^ {2}read:files:\n/m, `$&    request_ttl: ${shortRequestTtl}\n`);
  const policy = short.replace(/^ {2}(?:read|erase):user-data:\n(?: {4}.*\n)*? {4}approvers: \[admin/gm, '$&, manager');
  if (short === shipped || policy === short) throw new Error('the shipped policy has changed');
  if (variant === 'usual') return policy;
  const own = policy.replace(
    /( {2}execute:commands:\n(?: {4}.*\n)*?) {4}otherwise: admin\n {4}approvers: \[admin\]/,
    `$1    otherwise: self\n    approvers: [developer, user]\n    fresh_sign_in: ${freshSignIn}`,
  );
  if (own === policy) throw new Error('the shipped policy has changed');
  return own;
}

async function revokeEverything(issuer: string): Promise<void> {
  const admin = await signedIn(issuer, 'admin@example.com');
  const { grants } = grantListSchema.parse((await admin.get('/api/grants?status=active')).body);
  for (const grant of grants.filter(({ can_revoke }) => can_revoke)) {
    const { status } = await admin.post(`/api/grants/${grant.grant_id}/revoke`, { reason: 'The next test begins.' });
    // It may just have ended by itself.
    expect([200, 202, 409]).toContain(status);
  }
}
