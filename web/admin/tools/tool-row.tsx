import { Play } from 'lucide-react';
import type { ListedTool } from '../../../api/contract/tools.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { accessLabel } from './access-label.ts';

/** One tool: whether it may be called, and a way to try it. */
export function ToolRow({ tool, onTry }: { tool: ListedTool; onTry: (() => void) | undefined }) {
  const label = accessLabel(tool);
  return (
    <li className="flex min-w-0 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <code className="font-mono font-medium wrap-anywhere">{tool.name}</code>
          <Badge tone={label.tone}>{label.text}</Badge>
          {tool.security_level !== null && <Badge>Security {tool.security_level.toLowerCase()}</Badge>}
        </p>
        <p className="text-xs text-muted">{label.explanation}</p>
      </div>
      {onTry !== undefined && tool.hosted && (
        <Button onClick={onTry}>
          <Play aria-hidden />
          <span>
            Try <span className="sr-only">{tool.name}</span>
          </span>
        </Button>
      )}
    </li>
  );
}
