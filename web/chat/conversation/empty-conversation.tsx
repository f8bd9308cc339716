import { FolderOpen, SquareTerminal } from 'lucide-react';

const examples = [
  {
    prompt: 'List files in current directory',
    hint: 'Reads the workspace. The policy may grant this at once.',
    icon: FolderOpen,
  },
  {
    prompt: 'Execute command: ps aux | head -5',
    hint: 'Runs in a sandbox. Most people need an approval for this.',
    icon: SquareTerminal,
  },
] as const;

/** The beginning of a conversation: what one can ask. */
export function EmptyConversation({ onChoose }: { onChoose: (prompt: string) => void }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-6 overflow-y-auto p-4">
      <div className="text-center">
        <h2 className="text-xl font-semibold tracking-tight">What should the agent do?</h2>
        <p className="mt-1 text-sm text-muted">It holds no permissions until it needs one.</p>
      </div>
      <ul className="grid w-full max-w-2xl gap-3 sm:grid-cols-2">
        {examples.map(({ prompt, hint, icon: Icon }) => (
          <li key={prompt}>
            <button
              type="button"
              onClick={() => onChoose(prompt)}
              className="quiet-motion flex h-full w-full items-start gap-3 rounded-xl border border-line bg-surface p-4 text-left hover:border-accent"
            >
              <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-accent" />
              <span className="min-w-0">
                <span className="block text-sm font-medium wrap-anywhere">{prompt}</span>
                <span className="mt-1 block text-sm text-muted">{hint}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
