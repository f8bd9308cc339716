import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelSettings } from '../activities/chat/model-settings.ts';
import { ConfigurationError } from './configuration.ts';

/** The longest step that still fits, with its one repetition, into the two minutes an activity has. */
const longestSeconds = 55;

/** Settings of the language model, by environment variable. Without an address the offline planner answers. */
export const modelVariables = {
  COUNTERSIGN_MODEL_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  COUNTERSIGN_MODEL: z.string().min(1).max(200).optional(),
  COUNTERSIGN_MODEL_API_KEY: z.string().min(1).optional(),
  COUNTERSIGN_MODEL_API_KEY_FILE: z.string().min(1).optional(),
  COUNTERSIGN_MODEL_STREAMING: z.enum(['on', 'off']).default('on'),
  COUNTERSIGN_MODEL_TIMEOUT: z
    .string()
    .default('50')
    .transform(Number)
    .pipe(z.number({ error: 'must be seconds' }).min(1).max(longestSeconds)),
};

/** The variables as they were given; blank ones count as not set. */
export type ModelEnvironment = Partial<Record<keyof typeof modelVariables, string>>;

/** Which model answers; the key still where it lies. */
export type ModelConfiguration = Omit<ModelSettings, 'apiKey'> & {
  key: { kind: 'none' } | { kind: 'value'; value: string } | { kind: 'file'; path: string };
};

/**
 * What the settings come to; undefined means the offline planner.
 *
 * @throws {ConfigurationError} that names variables and never values
 */
export function modelConfiguration(
  settings: z.output<z.ZodObject<typeof modelVariables>>,
): ModelConfiguration | undefined {
  const { COUNTERSIGN_MODEL_BASE_URL: baseUrl, COUNTERSIGN_MODEL: model } = settings;
  const { COUNTERSIGN_MODEL_API_KEY: value, COUNTERSIGN_MODEL_API_KEY_FILE: path } = settings;
  const problems = [
    ...((baseUrl === undefined) === (model === undefined)
      ? []
      : [
          'COUNTERSIGN_MODEL_BASE_URL and COUNTERSIGN_MODEL belong together: set both, or none for the offline planner',
        ]),
    ...(baseUrl !== undefined && carriesMore(new URL(baseUrl))
      ? ['COUNTERSIGN_MODEL_BASE_URL: must not hold a name, a password, a query or a fragment']
      : []),
    ...(value === undefined || path === undefined
      ? []
      : ['COUNTERSIGN_MODEL_API_KEY and COUNTERSIGN_MODEL_API_KEY_FILE: set only one of them']),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (baseUrl === undefined || model === undefined) return undefined;
  return {
    baseUrl,
    model,
    streaming: settings.COUNTERSIGN_MODEL_STREAMING === 'on',
    timeoutMs: settings.COUNTERSIGN_MODEL_TIMEOUT * 1_000,
    key:
      value !== undefined ? { kind: 'value', value } : path !== undefined ? { kind: 'file', path } : { kind: 'none' },
  };
}

/**
 * Like {@link modelConfiguration}, for a start: the key is tried too, and not kept.
 *
 * @throws {ConfigurationError} that names variables and never values
 */
export async function checkModel(environment: ModelEnvironment): Promise<ModelConfiguration | undefined> {
  const parsed = z.object(modelVariables).safeParse(environment);
  if (!parsed.success)
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const configuration = modelConfiguration(parsed.data);
  if (configuration !== undefined) await modelSettings(configuration);
  return configuration;
}

/** Reads the key. @throws {ConfigurationError} that names the file and not what is in it */
export async function modelSettings({ key, ...settings }: ModelConfiguration): Promise<ModelSettings> {
  if (key.kind === 'none') return settings;
  if (key.kind === 'value') return { ...settings, apiKey: headerValue(key.value, 'COUNTERSIGN_MODEL_API_KEY') };
  const text = (await readFile(key.path, 'utf8').catch(() => '')).trim();
  if (text === '') throw new ConfigurationError([`the model's key ${key.path} cannot be read`]);
  return { ...settings, apiKey: headerValue(text, key.path) };
}

/** A key that is no header value would show up whole in the error of the first request. */
function headerValue(text: string, where: string): string {
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new ConfigurationError([`the model's key in ${where} is not one printable word`]);
  return text;
}

function carriesMore(url: URL): boolean {
  return url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '';
}
