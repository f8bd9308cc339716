import { Wrench } from 'lucide-react';
import type { ToolCallView } from '../../../api/contract/chat.ts';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { Badge } from '../../ui/badge.tsx';
import { toneEdges } from '../../ui/tone.ts';
import { ApprovalCard } from '../approval/approval-card.tsx';
import { approvalState } from '../approval/approval-state.ts';
import { CallOutcome } from '../approval/call-outcome.tsx';
import type { MessageTarget } from '../approval/message-target.ts';
import { callStatusLabel } from './call-status-label.ts';
import { ToolResult } from './tool-result.tsx';

/** One tool call: what it is, with its arguments in full, how it stands, who allowed it, what came of it. */
export function ToolCallCard(props: { target: MessageTarget; call: ToolCallView; quotedInReply: boolean }) {
  const { call, target } = props;
  const label = callStatusLabel(call);
  return (
    <div
      role="group"
      aria-label={`Call of ${call.name}`}
      className={`grid min-w-0 gap-3 rounded-xl border border-l-4 border-line bg-surface p-3.5 ${toneEdges[label.tone]}`}
    >
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="inline-flex min-w-0 items-center gap-2 font-mono text-sm font-medium wrap-anywhere">
          <Wrench aria-hidden className="size-4 shrink-0 text-muted" />
          {call.name}
        </span>
        <Badge tone={label.tone}>{label.text}</Badge>
      </div>
      <ArgumentsView values={call.arguments} />
      <ApprovalCard target={target} call={call} state={approvalState(call)} />
      {call.result !== undefined && <ToolResult result={call.result} open={!props.quotedInReply} />}
      <CallOutcome target={target} call={call} />
    </div>
  );
}
