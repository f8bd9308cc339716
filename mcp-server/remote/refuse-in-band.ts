import type { CallToolResult } from '@modelcontextprotocol/server';
import { stillRefused } from '../authorization/still-refused.ts';
import { refusalResult } from '../authorization/refusal-result.ts';
import type { InBandRefusal } from '../auth/call-permits.ts';

/** The result of a refused call of a client that is not challenged. This server asks for nothing in its name. */
export function refuseInBand(refused: InBandRefusal): { result: CallToolResult } {
  const { toolName, requiredScope, error, coolDown } = refused;
  if (coolDown !== undefined) {
    const { granted: _, ...said } = stillRefused(refused, coolDown);
    return { result: refusalResult({ ...error, ...said }) };
  }
  const how =
    error.approval_type === 'forbidden'
      ? 'which the policy gives you in no way. Do without it.'
      : `which you do not hold. Ask for it with the tool request_authorization of your Countersign server, then call ${toolName} again.`;
  return { result: refusalResult({ ...error, message: `${toolName} needs the scope ${requiredScope}, ${how}` }) };
}
