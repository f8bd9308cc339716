import { expect, it } from 'vitest';
import type { Caller } from '../../mcp-server/auth/caller.ts';
import type { CallPermit } from '../../mcp-server/auth/call-permits.ts';
import { recordNotRun } from '../../mcp-server/auth/record-left-over.ts';

const caller = { person: { subject: 'sub_1' }, clientId: 'c', jti: 'j', token: () => 't' } as unknown as Caller;
const permit = (toolName: string, begun = Promise.resolve(true)): CallPermit => ({
  ...{ caller, toolName, begun, scope: 'read:files', grantId: 'grt_1', argumentDigest: 'd', synced: true },
});

it('a call whose end cannot be recorded keeps no other call from being recorded, and is logged', async () => {
  const recorded: unknown[] = [];
  const logged: unknown[] = [];
  const authority = {
    audit: ({ entry }: { entry: { data: { tool: string } } }) => {
      if (entry.data.tool === 'first') return Promise.reject(new Error('away'));
      recorded.push(entry.data.tool);
      return Promise.resolve();
    },
  };
  const logger = { error: (about: object) => logged.push((about as { tool: string }).tool) };
  const lost = Promise.reject<boolean>(new Error('never begun'));
  await recordNotRun({ authority, logger }, [permit('first'), permit('second', lost), permit('third')]);
  expect(recorded).toEqual(['third']);
  expect(logged).toEqual(['first', 'second']);
});
