/** A line of a difference, taken apart for reading. */
export type ChangeParts =
  | { kind: 'changed'; what: string; before: string; after: string }
  | { kind: 'added' | 'removed' | 'other'; what: string };

/** Takes a line of the policy's differences apart, such as `scope x: risk low → high`. Pure. */
export function changeParts(line: string): ChangeParts {
  const [, what, before, after] = /^((?:scope|tool) .+?: \w+) (.*) → (.*)$/s.exec(line) ?? [];
  if (what !== undefined && before !== undefined && after !== undefined)
    return { kind: 'changed', what, before, after };
  const [, thing, how] = /^(.*) (added|removed)$/s.exec(line) ?? [];
  if (thing !== undefined && (how === 'added' || how === 'removed')) return { kind: how, what: thing };
  return { kind: 'other', what: line };
}
