import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { ConfigurationError } from './configuration.ts';
import {
  modelConfiguration,
  modelVariables,
  type ModelConfiguration,
  type ModelEnvironment,
} from './model-configuration.ts';

/** The parts of the product that a process can run. */
export const roleNames = ['mint', 'worker', 'api', 'mcp', 'chat'] as const;

/** One of {@link roleNames}. */
export type RoleName = (typeof roleNames)[number];

const port = (standard: number) =>
  z.string().default(String(standard)).transform(Number).pipe(z.int('must be a port number').min(0).max(65_535));

/** By commas or spaces. */
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((item) => item !== ''));

/** What Express takes for a proxy, without a way to trust everybody. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  if (!text.includes('/')) return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return ipaddr.isValidCIDR(text) && ipaddr.parseCIDR(text)[1] > 0;
}

/** Every setting of a role, by its environment variable: the same under `npm start` and in production. */
const roleSettings = z.object({
  COUNTERSIGN_ISSUER: z.url().default('http://localhost:8002'),
  COUNTERSIGN_MCP_RESOURCE: z.url().default('http://localhost:8001/mcp'),
  COUNTERSIGN_CHAT_URL: z.url().default('http://localhost:5001'),
  COUNTERSIGN_TEMPORAL_UI_URL: z.url().optional(),
  COUNTERSIGN_AUTH_PORT: port(8002),
  COUNTERSIGN_MCP_PORT: port(8001),
  COUNTERSIGN_CHAT_PORT: port(5001),
  COUNTERSIGN_DATABASE_URL: z.string().startsWith('postgres', 'must be a PostgreSQL connection string'),
  COUNTERSIGN_TEMPORAL_ADDRESS: z.string().min(1),
  COUNTERSIGN_TEMPORAL_NAMESPACE: z.string().min(1).default('countersign'),
  COUNTERSIGN_KEYS_FOLDER: z.string().min(1),
  COUNTERSIGN_SECRETS_FOLDER: z.string().min(1),
  COUNTERSIGN_MINT_SOCKET: z.string().min(1),
  COUNTERSIGN_WEB_ROOT: z.string().min(1),
  COUNTERSIGN_WORKFLOW_BUNDLE: z.string().min(1),
  COUNTERSIGN_WORKSPACE: z.string().min(1),
  COUNTERSIGN_CLIENT_DOCUMENT_HOSTS: list
    .pipe(z.array(z.string().regex(/^[a-z\d.-]+(?::\d+)?$/, 'must be host names, with a port where it is not 443')))
    .optional(),
  COUNTERSIGN_TRUSTED_PROXIES: list
    .pipe(
      z.array(
        z
          .string()
          .refine(
            isProxy,
            'must be addresses, networks such as 10.0.0.0/8 (not everybody), loopback, linklocal or uniquelocal',
          ),
      ),
    )
    .optional(),
  COUNTERSIGN_DEMO_MODE: z.enum(['on', 'off']).default('off'),
  COUNTERSIGN_METRICS_PORT: z
    .string()
    .transform(Number)
    .pipe(z.int('must be a port number').min(0).max(65_535))
    .optional(),
  COUNTERSIGN_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  COUNTERSIGN_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  ...modelVariables,
});

/** The variables of {@link roleConfiguration}, as the launcher passes them. */
export type RoleEnvironment = Omit<z.input<typeof roleSettings>, keyof ModelEnvironment> & ModelEnvironment;

/** A role's settings, read. */
export interface RoleConfiguration {
  urls: { issuer: string; apiResource: string; mcpResource: string; chat: string; temporalUi: string | undefined };
  ports: { auth: number; mcp: number; chat: number };
  /** Of this process's SQL role; holds a password. */
  databaseUrl: string;
  temporal: { address: string; namespace: string };
  /** Paths of the JWK files. A process needs only those that its roles read. */
  keys: Record<'base' | 'decision' | 'mint', { privateFile: string; publicFile: string }>;
  /** Paths of files that hold one secret each. */
  secrets: { cookie: string; atRest: string; chatClient: string; mcpServerClient: string };
  mintSocket: string;
  /** The folder of the built web apps: `chat/`, `admin/`, `consent/`. */
  webRoot: string;
  /** The bundled workflow code, made by `workers/build.ts`. */
  workflowBundle: string;
  workspace: string;
  /** Undefined means the offline planner. */
  model: ModelConfiguration | undefined;
  /** Hosts of clients' metadata documents that may be at private addresses. */
  clientDocumentHosts: readonly string[];
  /** Proxies whose `X-Forwarded-For` counts. */
  trustedProxies: readonly string[];
  demoMode: boolean;
  /** Where the process shows its metrics; undefined means nowhere. */
  metricsPort: number | undefined;
  /** The collector of traces (OTLP over HTTP); undefined means that there are none. */
  otlpEndpoint: string | undefined;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/**
 * Reads a role's settings.
 *
 * @throws {ConfigurationError} with every problem at once, naming variables and never values.
 */
export function roleConfiguration(env: NodeJS.ProcessEnv): RoleConfiguration {
  // A blank variable is one that is not set, as compose files leave them.
  const parsed = roleSettings.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const settings = parsed.data;
  const key = (name: string) => ({
    privateFile: join(settings.COUNTERSIGN_KEYS_FOLDER, `${name}.private.jwk`),
    publicFile: join(settings.COUNTERSIGN_KEYS_FOLDER, `${name}.public.jwk`),
  });
  const secret = (name: string) => join(settings.COUNTERSIGN_SECRETS_FOLDER, name);
  return {
    urls: {
      issuer: settings.COUNTERSIGN_ISSUER,
      apiResource: `${settings.COUNTERSIGN_ISSUER}/api`,
      mcpResource: settings.COUNTERSIGN_MCP_RESOURCE,
      chat: settings.COUNTERSIGN_CHAT_URL,
      temporalUi: settings.COUNTERSIGN_TEMPORAL_UI_URL,
    },
    ports: {
      auth: settings.COUNTERSIGN_AUTH_PORT,
      mcp: settings.COUNTERSIGN_MCP_PORT,
      chat: settings.COUNTERSIGN_CHAT_PORT,
    },
    databaseUrl: settings.COUNTERSIGN_DATABASE_URL,
    temporal: { address: settings.COUNTERSIGN_TEMPORAL_ADDRESS, namespace: settings.COUNTERSIGN_TEMPORAL_NAMESPACE },
    keys: { base: key('base'), decision: key('decision'), mint: key('mint') },
    secrets: {
      cookie: secret('cookie'),
      atRest: secret('at-rest'),
      chatClient: secret('chat-client'),
      mcpServerClient: secret('mcp-server-client'),
    },
    mintSocket: settings.COUNTERSIGN_MINT_SOCKET,
    webRoot: settings.COUNTERSIGN_WEB_ROOT,
    workflowBundle: settings.COUNTERSIGN_WORKFLOW_BUNDLE,
    workspace: settings.COUNTERSIGN_WORKSPACE,
    model: modelConfiguration(settings),
    clientDocumentHosts: settings.COUNTERSIGN_CLIENT_DOCUMENT_HOSTS ?? [],
    trustedProxies: settings.COUNTERSIGN_TRUSTED_PROXIES ?? [],
    demoMode: settings.COUNTERSIGN_DEMO_MODE === 'on',
    metricsPort: settings.COUNTERSIGN_METRICS_PORT,
    otlpEndpoint: settings.COUNTERSIGN_OTLP_ENDPOINT,
    logLevel: settings.COUNTERSIGN_LOG_LEVEL,
  };
}
