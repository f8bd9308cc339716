import { DomainError } from '../errors.ts';
import { commandTable, type CommandRule } from './command-table.ts';
import { tokenize, type Words } from './tokenize.ts';

/** One command that is allowed to run: an absolute path and its arguments, never a line for a shell. */
export interface Stage {
  name: string;
  path: string;
  args: readonly string[];
}

/**
 * Turns a command line into the argument vectors that will run, or refuses it.
 *
 * @throws {DomainError} `invalid_request` for syntax, commands and flags that are not allowed.
 */
export function parseCommand(commandLine: string): readonly Stage[] {
  return tokenize(commandLine).map(toStage);
}

function toStage([name, ...args]: Words): Stage {
  const rule = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
  if (rule === undefined) {
    throw refuse(`The command "${name}" is not on the list. Allowed are: ${Object.keys(commandTable).join(', ')}.`);
  }
  if (rule.textOnly !== true) checkArguments(name, rule, args);
  return { name, path: rule.path, args };
}

function checkArguments(name: string, rule: CommandRule, args: readonly string[]): void {
  let optionsEnded = false;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (!optionsEnded && word === '--') optionsEnded = true;
    else if (!optionsEnded && word.startsWith('--')) index += checkLongOption(name, rule, word);
    else if (!optionsEnded && word.startsWith('-') && word !== '-') index += checkShortFlags(name, rule, word);
    else if (rule.operands?.test(word) !== true) throw refuse(`"${name}" does not take "${word}" here.`);
  }
}

/** How many further words belong to the option. */
function checkLongOption(name: string, rule: CommandRule, word: string): number {
  const equals = word.indexOf('=');
  const option = equals === -1 ? word.slice(2) : word.slice(2, equals);
  if (rule.valueLong?.includes(option) === true) return equals === -1 ? 1 : 0;
  if (equals === -1 && rule.long?.includes(option) === true) return 0;
  throw refuse(`"${name}" is not allowed the option --${option}.`);
}

/** How many further words belong to the last flag of the bundle. */
function checkShortFlags(name: string, rule: CommandRule, word: string): number {
  if (rule.countFlag === true && /^-\d+$/.test(word)) return 0;
  const letters = [...word.slice(1)];
  for (const [position, letter] of letters.entries()) {
    if (rule.valueFlags?.includes(letter) === true) return position === letters.length - 1 ? 1 : 0;
    if (rule.flags?.includes(letter) !== true) throw refuse(`"${name}" is not allowed the flag -${letter}.`);
  }
  return 0;
}

function refuse(message: string): DomainError {
  return new DomainError('invalid_request', message);
}
