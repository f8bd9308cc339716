import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { AuditEntry } from '../../activities/store/audit.ts';
import { Caller } from '../../mcp-server/auth/caller.ts';
import type { CallPermit } from '../../mcp-server/auth/call-permits.ts';
import { policyRules } from '../../mcp-server/policy-rules.ts';
import { CallRecorder } from '../../mcp-server/tools/call-recorder.ts';
import { testPolicy } from '../support/mcp-resource-server.ts';

const permit: CallPermit = {
  caller: new Caller(
    {
      person: { subject: 'usr_1', email: 'user@example.com', disabled: false },
      rules: policyRules(
        testPolicy(),
        { roles: ['user'], disabled: false },
        {
          clientId: 'countersign-chat',
          clientVerified: true,
        },
      ),
      ended: false,
      live: [{ scope: 'execute:commands', grantId: 'gra_1' }],
    },
    { clientId: 'countersign-chat', jti: 'jti_1', scopes: ['execute:commands'] },
    'a token',
  ),
  toolName: 'execute_command',
  scope: 'execute:commands',
  grantId: 'gra_1',
  argumentDigest: 'digest',
  begun: Promise.resolve(true),
  synced: true,
};

it('a call whose grant is revoked while it runs is reported, not undone (RULES 15)', async () => {
  const entries: AuditEntry[] = [];
  const recorder = new CallRecorder(
    { audit: async ({ entry }) => void entries.push(entry) },
    pino({ level: 'silent' }),
  );
  let revoke = (): void => undefined;
  const revoked = new Promise<void>((resolve) => {
    revoke = resolve;
  });
  const running = recorder.record(permit, async () => {
    await revoked;
    return { content: [{ type: 'text', text: 'its output' }] };
  });
  revoke();
  expect(await running).toMatchObject({ content: [{ text: 'its output' }] });
  expect(entries).toMatchObject([{ type: 'tool.finished', grantId: 'gra_1', data: { outcome: 'succeeded' } }]);
});
