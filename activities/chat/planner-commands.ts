/** A call the planner understood. */
export interface PlannedCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** What the planner made of a sentence. */
export type Understanding = { kind: 'call'; call: PlannedCall } | { kind: 'help' } | { kind: 'unknown' };

interface Phrase {
  /** Anchored at both ends: a sentence is understood as a whole or not at all. */
  pattern: RegExp;
  call: (argument: string) => PlannedCall;
}

const listFiles = (path: string): PlannedCall => ({
  name: 'list_files',
  arguments: path === '' ? {} : { path: unquote(path) },
});
const runCommand = (command: string): PlannedCall => ({ name: 'execute_command', arguments: { command } });
/** `user@example.com developer, user`; `none` takes every role away. */
const setRoles = (argument: string): PlannedCall => {
  const [user = '', ...rest] = argument.split(/[\s,]+/).filter((word) => word !== '');
  return { name: 'set_user_roles', arguments: { user, roles: rest.length === 1 && rest[0] === 'none' ? [] : rest } };
};
const plain = (name: string) => (): PlannedCall => ({ name, arguments: {} });

/** A path: quoted, or without blanks, so that "/etc and delete it" is not one. */
const path = String.raw`("[^"]+"|'[^']+'|\S+?)`;

const phrases: readonly Phrase[] = [
  { pattern: /^\/ls(?:\s+(.+))?$/, call: listFiles },
  { pattern: /^\/run\s+(.+)$/, call: runCommand },
  { pattern: /^\/info$/, call: plain('get_server_info') },
  { pattern: /^\/health$/, call: plain('health_check') },
  { pattern: /^\/users$/, call: plain('list_users') },
  { pattern: /^\/roles\s+(\S+\s+\S.*)$/, call: setRoles },
  { pattern: /^\/scopes$/, call: plain('list_tool_scopes') },
  {
    pattern:
      /^(?:please )?(?:list|show)(?: me)?(?: the| all| all the)? files(?: in (?:the )?(?:current|this|working) (?:directory|folder))?[.!?]?$/i,
    call: listFiles,
  },
  {
    pattern: new RegExp(`^(?:please )?(?:list|show)(?: me)?(?: the| all| all the)? files in ${path}[.!?]?$`, 'i'),
    call: listFiles,
  },
  { pattern: /^(?:please )?(?:execute|run)(?: the| this)? command:\s*(.+)$/i, call: runCommand },
  { pattern: /^(?:please )?(?:(?:do|run) a )?health ?check[.!?]?$/i, call: plain('health_check') },
  {
    pattern: /^(?:please )?(?:get |show )?(?:me )?(?:the )?server info(?:rmation)?[.!?]?$/i,
    call: plain('get_server_info'),
  },
  { pattern: /^(?:please )?(?:list|show)(?: me)?(?: the| all| all the)? users[.!?]?$/i, call: plain('list_users') },
  { pattern: /^(?:please )?(?:list|show)(?: me)?(?: the)? tool scopes[.!?]?$/i, call: plain('list_tool_scopes') },
];

/**
 * Understands whole sentences only and never guesses: what matches no phrase is unknown, and free text never becomes a
 * command. Arguments are passed on as they were written; the tool refuses what it must.
 */
export function understand(text: string): Understanding {
  const sentence = text.trim();
  if (/^(?:\/help|help[.!?]?)$/i.test(sentence)) return { kind: 'help' };
  if (/[\r\n]/.test(sentence)) return { kind: 'unknown' };
  for (const { pattern, call } of phrases) {
    const match = pattern.exec(sentence);
    if (match !== null) return { kind: 'call', call: call(match[1]?.trim() ?? '') };
  }
  return { kind: 'unknown' };
}

function unquote(argument: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(argument);
  return quoted?.[2] ?? argument;
}
