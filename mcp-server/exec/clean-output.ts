/**
 * Makes a program's bytes safe to show: invalid UTF-8 is replaced, and control characters (which could drive a
 * terminal or hide text) and bidirectional overrides are dropped. Newlines and tabs stay.
 */
export function cleanOutput(bytes: Uint8Array): string {
  return new TextDecoder('utf-8')
    .decode(bytes)
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}
