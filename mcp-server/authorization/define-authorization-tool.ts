import type { StandardSchemaWithJSON, ToolAnnotations } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { decidingScope } from '../../workflows/domain/scopes.ts';
import type { Caller } from '../auth/caller.ts';
import { defineTool, type Tool } from '../tools/define-tool.ts';
import { AuthorizationToolError, envelopeSchema, errorEnvelope } from './envelope.ts';
import { refuseOtherIdentity } from './identity.ts';
import type { AuthorizationApi, CallerAuthorizations } from './ports.ts';

/**
 * An authorization tool of the wire contract: it needs no scope by itself, the approvals API says who may do what. It
 * answers `{status, action, data, timestamp}`, refusals included, which is why it looks at its own arguments.
 */
export function defineAuthorizationTool<Input extends z.ZodObject, Data extends z.ZodObject>(
  api: AuthorizationApi,
  tool: {
    name: string;
    title: string;
    description: string;
    annotations: ToolAnnotations;
    /** It takes approve:requests at the API. */
    decides?: true;
    input: Input;
    data: Data;
    run(
      args: z.output<Input>,
      call: { caller: Caller; authorizations: CallerAuthorizations },
    ): Promise<{ status?: 'success' | 'authorization_requested'; data: z.output<Data> }>;
  },
): Tool {
  const { name: action, input, run, data, decides, ...described } = tool;
  const defined = defineTool({
    ...described,
    name: action,
    scope: 'none',
    input: shownAs(input),
    output: envelopeSchema(data),
    run: async (given, { caller }) => {
      try {
        const args = readArguments(input, given);
        refuseOtherIdentity(caller.person, args);
        const { status = 'success', data: answered } = await run(args, {
          caller,
          authorizations: api.of(caller.token()),
        });
        return { status, action, data: answered, timestamp: new Date().toISOString() };
      } catch (error) {
        throw errorEnvelope(action, error, (given as { request_id?: unknown }).request_id) ?? error;
      }
    },
  });
  return { ...defined, othersOnly: true, ...(decides === true ? { apiScope: decidingScope } : {}) };
}

/** Shown as it is; anything passes, to be refused in an envelope. */
function shownAs<Input extends z.ZodObject>(input: Input): z.ZodObject {
  const anything = z.looseObject({});
  const shown = (input['~standard'] as StandardSchemaWithJSON['~standard']).jsonSchema;
  return Object.assign(anything, { '~standard': { ...anything['~standard'], jsonSchema: shown } });
}

/** @throws {AuthorizationToolError} `missing_parameter`, `invalid_parameter` */
function readArguments<Input extends z.ZodObject>(input: Input, given: unknown): z.output<Input> {
  const read = input.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const name = issue?.path.join('.') ?? '';
  const isGiven = typeof given === 'object' && given !== null && Object.hasOwn(given, name.split('.')[0] ?? '');
  if (issue?.code === 'unrecognized_keys') {
    throw new AuthorizationToolError('invalid_parameter', `There is no parameter ${issue.keys.join(', ')}.`);
  }
  if (!isGiven) throw new AuthorizationToolError('missing_parameter', `${name} is missing.`);
  throw new AuthorizationToolError('invalid_parameter', `${name}: ${issue?.message ?? 'is not right'}`);
}
