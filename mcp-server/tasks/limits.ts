import type { CallToolResult } from '@modelcontextprotocol/server';
import { failed } from '../tools/tool-failure.ts';

const mostArgumentBytes = 16 * 1_024;
const mostResultBytes = 512 * 1_024;

/** Whether a call with these arguments can be parked: they are stored until it has ended. Pure. */
export function canKeepArguments(args: Readonly<Record<string, unknown>>): boolean {
  return bytesOf(args) <= mostArgumentBytes;
}

/** The result as it is stored; in place of one that is too large, that the call has run. Pure. */
export function keptResult(toolName: string, result: CallToolResult): CallToolResult {
  if (bytesOf(result) <= mostResultBytes) return result;
  return failed('payload_too_large', `${toolName} has run, and its result is too large to be kept.`);
}

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));
