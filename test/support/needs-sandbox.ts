import { beforeAll, beforeEach } from 'vitest';
import { whyNoSandbox } from './system-needs.ts';

/** Skips every test of the file, with the reason, where commands cannot be sandboxed. Call it at the file's top. */
export function needsSandbox(): void {
  let reason: string | undefined;
  beforeAll(async () => {
    reason = await whyNoSandbox();
  });
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
}
