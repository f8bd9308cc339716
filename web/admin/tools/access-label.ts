import type { ListedTool } from '../../../api/contract/tools.ts';
import type { Tone } from '../../ui/tone.ts';

/** Whether a tool may be called, in words. Pure. */
export function accessLabel(tool: Pick<ListedTool, 'access' | 'approval_type' | 'held' | 'hosted' | 'scope'>): {
  text: string;
  tone: Tone;
  explanation: string;
} {
  const elsewhere = tool.hosted ? '' : ' A tool of another server: it can be asked for here, not called.';
  switch (tool.access) {
    case 'now':
      return {
        text: 'Now',
        tone: 'good',
        explanation: `${whyNow(tool)}${elsewhere}`,
      };
    case 'by_asking':
      return {
        text: tool.approval_type === 'self' ? 'By own consent' : 'By asking',
        tone: 'wait',
        explanation: `${tool.approval_type === 'self' ? 'With one’s own fresh consent.' : 'Somebody else has to approve.'}${elsewhere}`,
      };
    case 'never':
      return { text: 'Never', tone: 'bad', explanation: `The policy forbids it.${elsewhere}` };
    default:
      return tool.access satisfies never;
  }
}

function whyNow({ scope, held }: Pick<ListedTool, 'scope' | 'held'>): string {
  if (scope === 'none') return 'Needs no scope.';
  return held ? 'A living grant allows it.' : 'Granted at the first use, without anybody being asked.';
}

/** Tools by their scope, the riskiest scope first. Pure. */
export function toolsByScope<T extends Pick<ListedTool, 'scope' | 'risk'>>(tools: readonly T[]): [string, T[]][] {
  const order = ['critical', 'high', 'medium', 'low', 'none'];
  return [...Map.groupBy(tools, ({ scope }) => scope)].sort(
    ([one, [first]], [other, [second]]) =>
      order.indexOf(first?.risk ?? '') - order.indexOf(second?.risk ?? '') || one.localeCompare(other),
  );
}
