/** What a call came to: as the tool answered it, or as the client itself failed. */
export type CallOutcome =
  | { kind: 'result'; isError: boolean; text: string; structured: unknown }
  | { kind: 'failed'; error: string; message: string };

/** Of what an SDK's client hands back. */
export function outcomeOf(result: object): CallOutcome {
  const { isError, content, structuredContent } = result as {
    isError?: boolean;
    content?: { text?: string }[];
    structuredContent?: unknown;
  };
  return {
    kind: 'result',
    isError: isError === true,
    text: (content ?? []).map(({ text }) => text ?? '').join('\n'),
    structured: structuredContent,
  };
}

/** Of what an SDK's client throws. */
export function failureOf(error: unknown): CallOutcome {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'failed', error: name, message };
}
