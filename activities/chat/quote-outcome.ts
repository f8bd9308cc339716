import type { TranscriptItem } from './model-port.ts';

/**
 * Shows what a tool answered, quoted in a fenced block and never interpreted: text in a result cannot become a command
 * here (prompt injection ends at the fence).
 */
export function quoteOutcome(call: Extract<TranscriptItem, { kind: 'call' }>): string {
  const { outcome, name } = call;
  switch (outcome.kind) {
    case 'result':
      return `${headline(call)}\n\n${fence(body(outcome.content))}`;
    case 'tool_error':
      return `\`${name}\` answered with an error:\n\n${fence(body(outcome.content))}`;
    case 'ended':
      return `\`${name}\` was not run.`;
    case 'waiting':
      return `\`${name}\` waits for approval.`;
    default:
      return outcome.kind satisfies never;
  }
}

function headline(call: Extract<TranscriptItem, { kind: 'call' }>): string {
  const command = call.arguments['command'];
  if (typeof command === 'string') return `Output of ${inlineCode(command)}${exitNote(call.outcome.content)}:`;
  return `\`${call.name}\` answered:`;
}

function exitNote(content: Readonly<Record<string, unknown>>): string {
  const code = content['exit_code'];
  const notes = [
    ...(typeof code === 'number' && code !== 0 ? [`exit code ${code}`] : []),
    ...(content['truncated'] === true ? ['cut short'] : []),
  ];
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

function body(content: Readonly<Record<string, unknown>>): string {
  const { stdout, stderr, entries, error, text } = content;
  if (typeof stdout === 'string') {
    const errors = typeof stderr === 'string' && stderr !== '' ? `${stdout === '' ? '' : '\n'}stderr:\n${stderr}` : '';
    return stdout === '' && errors === '' ? '(no output)' : stdout + errors;
  }
  if (Array.isArray(entries)) return entries.length === 0 ? '(empty)' : entries.map(entryLine).join('\n');
  if (typeof error === 'string') return error;
  if (typeof text === 'string') return text;
  return JSON.stringify(content, null, 2);
}

function entryLine(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return JSON.stringify(entry);
  const { name } = entry;
  const suffix =
    'type' in entry && entry.type === 'directory' ? '/' : 'type' in entry && entry.type === 'link' ? '@' : '';
  const size = 'size' in entry && typeof entry.size === 'number' ? `  ${entry.size} bytes` : '';
  return `${String(name)}${suffix}${size}`;
}

/** A fence longer than any run of backticks inside, so that no content ends it. */
function fence(content: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(content) + 1));
  return `${ticks}\n${content.replace(/\n+$/, '')}\n${ticks}`;
}

function inlineCode(content: string): string {
  const ticks = '`'.repeat(longestRun(content) + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${content}${pad}${ticks}`;
}

function longestRun(content: string): number {
  return Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
}
