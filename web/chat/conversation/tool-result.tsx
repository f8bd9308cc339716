import { ChevronRight } from 'lucide-react';
import { ArgumentsView } from '../../ui/arguments-view.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Notice } from '../../ui/notice.tsx';
import { VisibleText } from '../../ui/visible-text.tsx';

/** What a call gave back: its output as text, the rest as named values. */
export function ToolResult({ result, open }: { result: Readonly<Record<string, unknown>>; open: boolean }) {
  const { error, stdout, stderr, ...rest } = result;
  return (
    <details open={open} className="group">
      <summary className="inline-flex min-h-8 items-center gap-1 rounded text-sm font-medium text-muted hover:text-ink">
        <ChevronRight aria-hidden className="size-4 group-open:rotate-90" /> Result
      </summary>
      <div className="mt-2 grid min-w-0 gap-2">
        {error !== undefined && (
          <Notice tone="bad">
            <VisibleText text={typeof error === 'string' ? error : JSON.stringify(error)} />
          </Notice>
        )}
        {isText(stdout) && <CodeBlock text={stdout} label="Output" copyable />}
        {isText(stderr) && (
          <>
            <p className="text-sm text-muted">Error output</p>
            <CodeBlock text={stderr} label="Error output" copyable />
          </>
        )}
        {Object.keys(rest).length > 0 && <ArgumentsView values={rest} />}
      </div>
    </details>
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
