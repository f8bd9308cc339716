import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import type { ToolDescription } from './model-port.ts';

/** Whether a call may be proposed; `problem` tells a model what to mend. */
export type JudgedCall =
  { ok: true; tool: ToolDescription; arguments: Record<string, unknown> } | { ok: false; problem: string };

/** Longest arguments that are proposed, as JSON: a person has to read them before approving. */
const longestArguments = 16_384;
const longestProblem = 500;

/**
 * Judges a call before anybody sees it: the tool must be one that the server lists, and the arguments must be what its
 * JSON Schema says, so that nobody is asked to approve what could never run.
 */
export function judgeCall(tools: readonly ToolDescription[], call: { name: string; arguments: unknown }): JudgedCall {
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) return { ok: false, problem: 'the tool server offers no such tool' };
  if (!isObject(call.arguments)) return { ok: false, problem: 'the arguments must be a JSON object' };
  const text = storableJson(call.arguments);
  if (text === undefined) return { ok: false, problem: 'the arguments hold characters that are not text' };
  if (text.length > longestArguments) return { ok: false, problem: 'the arguments are too long' };
  const problem = schemaProblem(tool, call.arguments);
  return problem === undefined
    ? { ok: true, tool, arguments: call.arguments }
    : { ok: false, problem: problem.slice(0, longestProblem) };
}

function schemaProblem(tool: ToolDescription, value: Record<string, unknown>): string | undefined {
  try {
    // A validator of its own each time: compiled schemas would pile up in a shared one.
    const judged = new AjvJsonSchemaValidator().getValidator(tool.inputSchema)(value);
    return judged.valid ? undefined : judged.errorMessage;
  } catch {
    return 'the tool’s own schema cannot be read';
  }
}

/** As JSON; undefined with NUL or half a character in it, which the database does not keep. */
function storableJson(value: Record<string, unknown>): string | undefined {
  let storable = true;
  const text = JSON.stringify(value, (key, member: unknown) => {
    const texts = typeof member === 'string' ? [key, member] : [key];
    storable &&= texts.every((one) => one.isWellFormed() && !one.includes('\0'));
    return member;
  });
  return storable ? text : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
