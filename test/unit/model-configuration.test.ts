import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConfiguration } from '../../cli/configuration.ts';
import { checkModel } from '../../cli/model-configuration.ts';

const whole = { COUNTERSIGN_MODEL_BASE_URL: 'http://localhost:11434/v1', COUNTERSIGN_MODEL: 'qwen3' };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cs-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the settings of a model', () => {
  it('mean the offline planner when there are none', async () => {
    expect(await checkModel({})).toBeUndefined();
    expect(await checkModel(startConfiguration({}, { COUNTERSIGN_MODEL: '' }).model)).toBeUndefined();
  });

  it('are flags and variables, and a flag wins', async () => {
    const { model } = startConfiguration({ model: 'llama3' }, { ...whole, COUNTERSIGN_MODEL_STREAMING: 'off' });
    expect(await checkModel(model)).toMatchObject({ model: 'llama3', streaming: false, timeoutMs: 50_000 });
  });

  it.each([
    [{ COUNTERSIGN_MODEL: 'qwen3' }, /belong together/],
    [{ ...whole, COUNTERSIGN_MODEL_BASE_URL: 'ftp://host/v1' }, /BASE_URL: must be an http/],
    [{ ...whole, COUNTERSIGN_MODEL_BASE_URL: 'http://me:hunter2@host/v1' }, /must not hold a name/],
    [{ ...whole, COUNTERSIGN_MODEL_BASE_URL: 'http://host/v1?key=hunter2' }, /must not hold/],
    [{ ...whole, COUNTERSIGN_MODEL_TIMEOUT: '3600' }, /COUNTERSIGN_MODEL_TIMEOUT/],
    [{ ...whole, COUNTERSIGN_MODEL_STREAMING: 'hunter2' }, /COUNTERSIGN_MODEL_STREAMING/],
    [{ ...whole, COUNTERSIGN_MODEL_API_KEY: 'hunter2', COUNTERSIGN_MODEL_API_KEY_FILE: '/x' }, /only one/],
    [{ ...whole, COUNTERSIGN_MODEL_API_KEY: 'hunter2\nand more' }, /one printable word/],
    [{ ...whole, COUNTERSIGN_MODEL_API_KEY_FILE: '/nowhere/key' }, /\/nowhere\/key cannot be read/],
  ])('%j are refused without showing a value', async (environment, problem) => {
    await expect(checkModel(environment)).rejects.toThrow(problem);
    await expect(checkModel(environment)).rejects.not.toThrow(/hunter2/);
  });

  it('may have the key in a file', async () => {
    const file = join(folder, 'key');
    await writeFile(file, 'sk-1\n');
    const { model } = startConfiguration({ modelApiKeyFile: file }, whole);
    expect(await checkModel(model)).toMatchObject({ key: { kind: 'file', path: file } });
    await writeFile(file, 'two words');
    await expect(checkModel(model)).rejects.toThrow(/one printable word/);
  });
});
