import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../workflows/domain/command/parse-command.ts';
import { DomainError } from '../../workflows/domain/errors.ts';

/** Name and arguments of each stage. */
function words(commandLine: string): string[][] {
  return parseCommand(commandLine).map(({ name, args }) => [name, ...args]);
}

describe('what runs', () => {
  it.each<[string, string[][]]>([
    [
      'ps aux | head -5',
      [
        ['ps', 'aux'],
        ['head', '-5'],
      ],
    ],
    ['  date   ', [['date']]],
    ['date|wc', [['date'], ['wc']]],
    ['echo "two words" \'$HOME; rm *\' plain', [['echo', 'two words', '$HOME; rm *', 'plain']]],
    ["echo 'it'\"'\"'s'", [['echo', "it's"]]],
    ["echo ''", [['echo', '']]],
    ["grep -rn 'a|b' .", [['grep', '-rn', 'a|b', '.']]],
    ['grep -e -x notes.txt', [['grep', '-e', '-x', 'notes.txt']]],
    ['sort -t: -k 2 -nr notes.txt', [['sort', '-t:', '-k', '2', '-nr', 'notes.txt']]],
    ['head --lines=3 -- -odd-name', [['head', '--lines=3', '--', '-odd-name']]],
    ['tail -n +2 -', [['tail', '-n', '+2', '-']]],
    ['date -u +%F', [['date', '-u', '+%F']]],
    ['du --max-depth 1 -h', [['du', '--max-depth', '1', '-h']]],
    ['ps -eo pid,comm --sort=-rss', [['ps', '-eo', 'pid,comm', '--sort=-rss']]],
    ['cat ünïcode-näme', [['cat', 'ünïcode-näme']]],
    ['cat a | grep b | sort | wc -l', [['cat', 'a'], ['grep', 'b'], ['sort'], ['wc', '-l']]],
  ])('%s', (commandLine, expected) => {
    expect(words(commandLine)).toEqual(expected);
  });

  it('takes every program by its absolute path', () => {
    expect(parseCommand('ls').map(({ path }) => path)).toEqual(['/usr/bin/ls']);
  });
});

describe('what a shell would act on is refused, by name', () => {
  it.each<[string, string]>([
    ['ls; rm -rf /', ';'],
    ['ls && id', '&'],
    ['ls &', '&'],
    ['ls || id', '|'],
    ['cat $(which sh)', '$'],
    ['cat `id`', '`'],
    ['echo $HOME', '$'],
    ['cat < /etc/passwd', '<'],
    ['echo x > /tmp/x', '>'],
    ['ls *', '*'],
    ['ls notes.?xt', '?'],
    ['ls [a-z]', '['],
    ['ls ~', '~'],
    ['echo {a,b}', '{'],
    ['(id)', '('],
    ['echo !!', '!'],
    ['ls # comment', '#'],
    ['ls \\-l', '\\'],
    ['ls\nid', 'newline'],
    ['ls\tid', 'tab'],
    ['ls\u0000', 'U+0000'],
    ['ls\u00a0-l', 'U+00A0'],
    ['ls\u2028id', 'U+2028'],
    ['echo \u202egnp', 'U+202E'],
    ['echo "$HOME"', '$'],
    ['echo "`id`"', '`'],
    ['echo "\\"', '\\'],
    ['LD_PRELOAD=x ls', '='],
    ['echo "never closed', '"'],
    ["echo 'never closed", "'"],
    ['| head', '|'],
    ['ps |', '|'],
    ['ps | | head', '|'],
  ])('%j', (commandLine, character) => {
    expect(refusal(commandLine)).toContain(character);
  });

  it.each(['', '   ', 'ls | ls | ls | ls | ls', `echo ${'x'.repeat(1_000)}`, `echo ${'x '.repeat(40)}`])(
    '%j',
    (commandLine) => {
      refusal(commandLine);
    },
  );
});

describe('commands and flags that are not on the list are refused', () => {
  it.each([
    'rm -rf /',
    'bash -c id',
    '/usr/bin/ls',
    './ls',
    'env ls',
    'xargs rm',
    'find . -exec id',
    'python3 -c 1',
    'git diff --output=x',
    'awk 1',
    '__proto__',
    'constructor',
    'sort --compress-program=sh notes.txt',
    'sort --comp=sh notes.txt',
    'sort -o out notes.txt',
    'sort -no out notes.txt',
    'sort --output=out notes.txt',
    'sort --files0-from=- notes.txt',
    'sort -T /tmp notes.txt',
    'tail -f notes.txt',
    'tail --follow notes.txt',
    'date -s tomorrow',
    'date 112205302026',
    'date -f notes.txt',
    'grep -f patterns x',
    'grep -P x y',
    'wc --files0-from=x',
    'ps 1; id',
    'ps -x.y',
    'uname now',
    'whoami --anything',
    'id root',
    'ls --hyperlink',
  ])('%s', (commandLine) => {
    refusal(commandLine);
  });

  it('reads a flag bundle letter by letter, up to the one that takes a value', () => {
    expect(words('grep -rie -x .')).toEqual([['grep', '-rie', '-x', '.']]);
    expect(refusal('grep -riPe x .')).toContain('-P');
  });
});

function refusal(commandLine: string): string {
  try {
    parseCommand(commandLine);
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: 'invalid_request' });
    return (error as DomainError).message;
  }
  throw new Error(`allowed: ${commandLine}`);
}
