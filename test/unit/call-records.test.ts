import { pino } from 'pino';
import { expect, test } from 'vitest';
import { beginCall } from '../../mcp-server/auth/begin-call.ts';
import { Caller } from '../../mcp-server/auth/caller.ts';
import { policyRules } from '../../mcp-server/policy-rules.ts';
import type { CallEntry } from '../../mcp-server/ports.ts';
import { CallRecorder } from '../../mcp-server/tools/call-recorder.ts';
import { testPolicy } from '../support/mcp-resource-server.ts';

const caller = new Caller(
  {
    person: { subject: 'usr_1', email: 'user@example.com', disabled: false },
    rules: policyRules(
      testPolicy(),
      { roles: ['user'], disabled: false },
      { clientId: 'countersign-chat', clientVerified: true },
    ),
    ended: false,
    live: [{ scope: 'read:files', grantId: 'gra_1' }],
  },
  { clientId: 'countersign-chat', jti: 'jti_1', scopes: ['read:files'] },
  'a token',
);

test.each([
  ['changes something', false, ['tool.called on disk', 'the call', 'tool.finished']],
  ['only reads', true, ['tool.called', 'the call', 'tool.finished on disk']],
])('a call that %s waits for the disk once, before anything is handed out', async (_what, readOnly, expected) => {
  const order: string[] = [];
  const note = ({ entry, synced }: { entry: CallEntry; synced: boolean }) =>
    void order.push(`${entry.type}${synced ? ' on disk' : ''}`);
  const authority = {
    startCall: async (call: Parameters<typeof note>[0]) => {
      note(call);
      return true;
    },
    audit: async (call: Parameters<typeof note>[0]) => note(call),
  };
  const asked = { caller, toolName: 'list_files', requiredScope: 'read:files', argumentDigest: 'd', readOnly };
  const begun = await beginCall(authority, asked);
  if (!('permit' in begun)) throw new Error('refused');
  await new CallRecorder(authority, pino({ level: 'silent' })).record(begun.permit, async () => {
    order.push('the call');
    return { content: [] };
  });
  expect(order).toEqual(expected);
});
