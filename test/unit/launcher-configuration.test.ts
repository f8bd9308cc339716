import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ConfigurationError, startConfiguration } from '../../cli/configuration.ts';
import { roleConfiguration } from '../../cli/role-configuration.ts';

test('a flag wins over the environment, and that over the default', () => {
  const { ports } = startConfiguration(
    { authPort: '9002' },
    { COUNTERSIGN_AUTH_PORT: '9102', COUNTERSIGN_MCP_PORT: '9101' },
  );
  expect(ports).toEqual({ auth: 9002, mcp: 9101, chat: 5001, temporalUi: 8233 });
});

test('every problem is told at once, by flag and variable', () => {
  const start = () => startConfiguration({ authPort: 'eighty', chatPort: '70000' }, {});
  expect(start).toThrow(ConfigurationError);
  expect(start).toThrow(/--auth-port \(COUNTERSIGN_AUTH_PORT\)[^]*--chat-port/);
});

test('one port for two parts is refused', () => {
  expect(() => startConfiguration({ authPort: '8001' }, {})).toThrow(/8001 is used twice/);
});

test('a role names every missing variable and no value', () => {
  const read = () => roleConfiguration({ COUNTERSIGN_DATABASE_URL: 'mysql://app:hunter2@db/x' });
  expect(read).toThrow(/COUNTERSIGN_DATABASE_URL[^]*COUNTERSIGN_MINT_SOCKET/);
  expect(read).not.toThrow(/hunter2/);
});

const complete = {
  COUNTERSIGN_DATABASE_URL: 'postgresql://db/x',
  COUNTERSIGN_TEMPORAL_ADDRESS: 'temporal:7233',
  COUNTERSIGN_KEYS_FOLDER: '/keys',
  COUNTERSIGN_SECRETS_FOLDER: '/secrets',
  COUNTERSIGN_MINT_SOCKET: '/run/mint.sock',
  COUNTERSIGN_WEB_ROOT: '/web',
  COUNTERSIGN_WORKFLOW_BUNDLE: '/bundle.js',
  COUNTERSIGN_WORKSPACE: '/workspace',
};

test('demo mode is off unless it is switched on', () => {
  expect(roleConfiguration(complete).demoMode).toBe(false);
  expect(roleConfiguration({ ...complete, COUNTERSIGN_DEMO_MODE: 'on' }).demoMode).toBe(true);
  expect(roleConfiguration({ ...complete, COUNTERSIGN_DEMO_MODE: '', COUNTERSIGN_MODEL: '' }).model).toBeUndefined();
});

test('proxies are trusted by name alone, and never everybody', () => {
  expect(roleConfiguration(complete).trustedProxies).toEqual([]);
  const trusting = (proxies: string) =>
    roleConfiguration({ ...complete, COUNTERSIGN_TRUSTED_PROXIES: proxies }).trustedProxies;
  expect(trusting('loopback, 10.0.0.0/8 fd00::/8,192.0.2.1')).toEqual([
    'loopback',
    '10.0.0.0/8',
    'fd00::/8',
    '192.0.2.1',
  ]);
  for (const wrong of ['true', '1', '*', '0.0.0.0/0', '::/0', 'proxy.example', '10.0.0.0/40', '10', 'loopback,all']) {
    expect(() => trusting(wrong)).toThrow(/COUNTERSIGN_TRUSTED_PROXIES/);
  }
});

test('what a deployment sets is all told in the documentation', async () => {
  const root = new URL('../../', import.meta.url);
  const read = (file: string) => readFile(new URL(file, root), 'utf8');
  const code = await Promise.all(
    ['configuration', 'role-configuration', 'model-configuration'].map((name) => read(`cli/${name}.ts`)),
  );
  const told = (await Promise.all(['CONTRIBUTING.md', 'docs/models.md', 'docs/operations.md'].map(read))).join('\n');
  const variables = new Set(code.join('\n').match(/\bCOUNTERSIGN_[A-Z_]+[A-Z]\b/g));
  expect(variables.size).toBeGreaterThan(20);
  expect([...variables].filter((name) => !told.includes(`\`${name}`) && !told.includes(`${name}=`))).toEqual([]);
});
