import { expect, test } from 'vitest';
import { keepRunning, type Run } from '../../cli/service.ts';

function fakeRun(): Run & { end(reason: string): void } {
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  return {
    ended,
    end,
    stop: () => {
      end('stopped');
      return Promise.resolve();
    },
  };
}

test('what ends by itself is started again and told of', async () => {
  const runs = [fakeRun(), fakeRun()];
  const said: string[] = [];
  let starts = 0;
  const service = await keepRunning(
    'part',
    () => Promise.resolve(runs[starts++] ?? fakeRun()),
    (line) => said.push(line),
  );
  runs[0]?.end('exit code 3');
  await expect.poll(() => starts, { timeout: 3_000 }).toBe(2);
  expect(said[0]).toContain('exit code 3');
  await service.stop();
});

test('what was stopped stays stopped', async () => {
  let starts = 0;
  const service = await keepRunning(
    'part',
    () => {
      starts += 1;
      return Promise.resolve(fakeRun());
    },
    () => undefined,
  );
  await service.stop();
  expect(starts).toBe(1);
});

test('a first start that fails is the caller to handle', async () => {
  await expect(
    keepRunning(
      'part',
      () => Promise.reject(new Error('no')),
      () => undefined,
    ),
  ).rejects.toThrow('no');
});
