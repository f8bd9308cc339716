/** Colours and cursor movements, which would leave their letters behind if only the escape character went. */
const terminalSequences = new RegExp(String.raw`${String.fromCharCode(27)}\[[0-9;?]*[ -/]*[@-~]`, 'g');
/** Control characters but newline and tab, and what changes the direction of writing to hide text. */
const hiding = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** Makes a program's bytes safe to show: invalid UTF-8 is replaced, control characters are dropped. */
export function cleanOutput(bytes: Uint8Array): string {
  return new TextDecoder('utf-8')
    .decode(bytes)
    .replaceAll(terminalSequences, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(hiding, '');
}
