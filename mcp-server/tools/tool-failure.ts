import type { CallToolResult } from '@modelcontextprotocol/server';
import { DomainError, type DomainErrorCode } from '../../workflows/domain/errors.ts';

/** Where a failed result carries its stable code: structured content would have to fit the tool's output schema. */
const errorCodeKey = 'countersign/code';

/** A tool's own way of saying that it failed, which fits its output schema. */
export class StructuredFailure extends Error {
  override readonly name = 'StructuredFailure';
  readonly content: Readonly<Record<string, unknown>>;

  constructor(message: string, content: Readonly<Record<string, unknown>>) {
    super(message);
    this.content = content;
  }
}

/** Turns what a tool threw into a result. What nobody expected is reported, not shown. */
export function toolFailure(error: unknown, onUnexpected: (error: unknown) => void): CallToolResult {
  if (error instanceof StructuredFailure) {
    return {
      isError: true,
      content: [{ type: 'text', text: JSON.stringify(error.content) }],
      structuredContent: { ...error.content },
    };
  }
  if (error instanceof DomainError) return failed(error.code, error.message);
  onUnexpected(error);
  return failed('internal_error', 'The tool failed for a reason of the server. Try again later.');
}

/** A failed result with a message for people and a code for programs. */
export function failed(code: DomainErrorCode, message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: message }], _meta: { [errorCodeKey]: code } };
}
