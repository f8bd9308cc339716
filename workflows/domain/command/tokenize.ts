import { DomainError } from '../errors.ts';

const maxLength = 1_000;
const maxStages = 4;
const maxWords = 32;

/** Characters that mean something to a shell; outside quotes they are refused instead of being taken literally. */
const shellCharacters: Readonly<Record<string, string>> = {
  ';': 'a semicolon',
  '&': 'an ampersand',
  '<': 'a redirection',
  '>': 'a redirection',
  $: 'an expansion',
  '`': 'a substitution',
  '\\': 'a backslash',
  '*': 'a glob',
  '?': 'a glob',
  '[': 'a glob',
  ']': 'a glob',
  '~': 'a home folder',
  '{': 'a brace',
  '}': 'a brace',
  '(': 'a subshell',
  ')': 'a subshell',
  '!': 'a history expansion',
  '#': 'a comment',
};

/** Inside double quotes a shell would still act on these; inside single quotes on nothing. */
const alsoSpecialInDoubleQuotes = new Set(['$', '`', '\\', '!']);

/** One command of a pipeline: its words, the first of them the command's name. */
export type Words = readonly [string, ...string[]];

/**
 * Splits a command line into the stages of a pipeline. This is not a shell: it knows words, single and double quotes
 * and `|`, and refuses everything that a shell would act on, so that what was approved is what runs.
 *
 * @throws {DomainError} `invalid_request`, naming the character that is not allowed.
 */
export function tokenize(commandLine: string): readonly Words[] {
  if (commandLine.length > maxLength) throw refuse(`The command is longer than ${maxLength} characters.`);
  const stages: string[][] = [[]];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;

  const endWord = (): void => {
    if (word !== undefined) stages.at(-1)?.push(word);
    word = undefined;
  };

  for (const character of commandLine) {
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(character) || (/\p{Zs}/u.test(character) && character !== ' ')) {
      throw refuse(`The character ${describe(character)} is not allowed.`);
    }
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else if (quote === '"' && alsoSpecialInDoubleQuotes.has(character)) {
        throw refuse(`The character ${character} is not allowed in double quotes; use single quotes.`);
      } else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === ' ') {
      endWord();
    } else if (character === '|') {
      endWord();
      stages.push([]);
    } else if (Object.hasOwn(shellCharacters, character)) {
      throw refuse(
        `The character ${character} (${shellCharacters[character]}) is not allowed outside quotes: there is no shell here.`,
      );
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw refuse(`The quote ${quote} is never closed.`);
  endWord();
  if (stages.length > maxStages) throw refuse(`More than ${maxStages} commands are joined by |.`);
  return stages.map(toWords);
}

function toWords(words: readonly string[], index: number, all: readonly unknown[]): Words {
  const [name, ...rest] = words;
  if (name === undefined) {
    throw refuse(
      all.length === 1
        ? 'The command is empty.'
        : `There is no command ${index === 0 ? 'before' : 'after'} a | character.`,
    );
  }
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(name))
    throw refuse('The character = is not allowed in the name of a command: variables cannot be set.');
  if (words.length > maxWords) throw refuse(`A command has more than ${maxWords} words.`);
  return [name, ...rest];
}

function describe(character: string): string {
  if (character === '\n') return 'newline';
  if (character === '\t') return 'tab';
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function refuse(message: string): DomainError {
  return new DomainError('invalid_request', message);
}
