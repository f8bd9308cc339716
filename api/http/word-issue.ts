import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/**
 * The words for what is wrong with a field, where the contract has none of its own: they follow the field's name and
 * never quote what was sent.
 */
export function wordIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindWords[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.exact === true);
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum), issue.exact === true);
    case 'invalid_format':
      return formatWords[issue.format] ?? 'does not have the right form';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has ${issue.keys.length === 1 ? 'a field' : 'fields'} that nobody knows here: ${names(issue.keys)}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return 'has a name that it may not have';
    default:
      // Of several shapes none fits, or a rule of the contract without words of its own.
      return 'is not what is expected here';
  }
}

const kindWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const formatWords: Readonly<Record<string, string>> = {
  datetime: 'must be a time such as 2026-11-25T09:00:00Z',
  date: 'must be a date such as 2026-11-25',
  email: 'must be an e-mail address',
  url: 'must be an address such as https://example.com',
  uuid: 'must be a UUID',
};

function tooSmall(origin: string, minimum: number, exact: boolean): string {
  const bound = exact ? 'exactly' : 'at least';
  if (origin === 'string')
    return minimum === 1 && !exact ? 'must not be empty' : `must have ${bound} ${characters(minimum)}`;
  if (isCollection(origin))
    return minimum === 1 && !exact ? 'must not be empty' : `must have ${bound} ${entries(minimum)}`;
  return `must be ${bound} ${minimum}`;
}

function tooBig(origin: string, maximum: number, exact: boolean): string {
  const bound = exact ? 'exactly' : 'at most';
  if (origin === 'string') return `must have ${bound} ${characters(maximum)}`;
  if (isCollection(origin)) return `must have ${bound} ${entries(maximum)}`;
  return `must be ${bound} ${maximum}`;
}

const isCollection = (origin: string): boolean => ['array', 'set', 'map', 'record', 'object'].includes(origin);
const characters = (count: number): string => (count === 1 ? 'one character' : `${count} characters`);
const entries = (count: number): string => (count === 1 ? 'one entry' : `${count} entries`);

/** Of the first few, and not all of a long one: they come from the caller. */
function names(keys: readonly string[]): string {
  const shown = keys.slice(0, 3).map((key) => JSON.stringify(key.slice(0, 40)));
  return keys.length > shown.length ? `${shown.join(', ')} and more` : shown.join(', ');
}
