/**
 * What one command may be given. Letters are short flags; long options are exact names (abbreviations are refused).
 * Everything that is not listed is refused.
 */
export interface CommandRule {
  /** Absolute, so that no PATH decides what runs. */
  path: string;
  /** Short flags without a value. */
  flags?: string;
  /** Short flags that take a value, attached or as the next word. */
  valueFlags?: string;
  /** Long options without a value. */
  long?: readonly string[];
  /** Long options with a value, as `--name=value` or as the next word. */
  valueLong?: readonly string[];
  /** `-5` as in `head -5`. */
  countFlag?: true;
  /** What words that are not flags must look like; absent means that there may be none. */
  operands?: RegExp;
  /** Every word is text, flags do not exist. */
  textOnly?: true;
}

const anything = /^/;

/** Of `head` and `tail`. */
const beginningOrEnd: Omit<CommandRule, 'path'> = {
  flags: 'qv',
  valueFlags: 'cn',
  long: ['quiet', 'silent', 'verbose'],
  valueLong: ['bytes', 'lines'],
  countFlag: true,
  operands: anything,
};

/**
 * The commands that exist. None of them can start another program, write a file or wait for something;
 * interpreters, `env`, `xargs`, `find`, `tar`, `git`, `awk` and `sed` are left out for that reason.
 */
export const commandTable: Readonly<Record<string, CommandRule>> = {
  ps: {
    path: '/usr/bin/ps',
    flags: 'aAdefFHjlLMNTwxy',
    valueFlags: 'oOpuUCgGst',
    long: ['forest', 'no-headers', 'headers'],
    valueLong: ['sort', 'format', 'pid', 'ppid', 'user', 'cols', 'width', 'rows'],
    operands: /^[A-Za-z]{1,8}$/,
  },
  uptime: { path: '/usr/bin/uptime', flags: 'ps', long: ['pretty', 'since'] },
  date: {
    path: '/usr/bin/date',
    flags: 'uRI',
    valueFlags: 'd',
    long: ['utc', 'universal', 'rfc-email', 'iso-8601'],
    valueLong: ['date', 'rfc-3339'],
    // Without the plus sign the operand would set the clock.
    operands: /^\+/,
  },
  whoami: { path: '/usr/bin/whoami' },
  id: { path: '/usr/bin/id', flags: 'gGnru', long: ['group', 'groups', 'name', 'real', 'user'] },
  uname: {
    path: '/usr/bin/uname',
    flags: 'amnoprsiv',
    long: ['all', 'kernel-name', 'kernel-release', 'kernel-version', 'machine', 'nodename', 'operating-system'],
  },
  df: {
    path: '/usr/bin/df',
    flags: 'ahHiklPT',
    valueFlags: 'tx',
    long: ['all', 'human-readable', 'inodes', 'local', 'portability', 'print-type', 'si', 'total'],
    operands: anything,
  },
  du: {
    path: '/usr/bin/du',
    flags: 'abchkmsSx',
    valueFlags: 'd',
    long: ['all', 'apparent-size', 'bytes', 'human-readable', 'summarize', 'total'],
    valueLong: ['max-depth'],
    operands: anything,
  },
  ls: {
    path: '/usr/bin/ls',
    flags: '1aABcCdFgGhiklLmnNopqQrRsStuUvxX',
    long: [
      'all',
      'almost-all',
      'classify',
      'directory',
      'full-time',
      'group-directories-first',
      'human-readable',
      'inode',
      'no-group',
      'numeric-uid-gid',
      'recursive',
      'reverse',
      'size',
    ],
    valueLong: ['sort', 'time', 'time-style'],
    operands: anything,
  },
  cat: {
    path: '/usr/bin/cat',
    flags: 'AbeEnstTuv',
    long: ['number', 'number-nonblank', 'show-all', 'show-ends', 'show-tabs', 'squeeze-blank'],
    operands: anything,
  },
  head: {
    path: '/usr/bin/head',
    ...beginningOrEnd,
  },
  // Without -f and --follow, which would wait until the timeout.
  tail: {
    path: '/usr/bin/tail',
    ...beginningOrEnd,
  },
  wc: {
    path: '/usr/bin/wc',
    flags: 'clLmw',
    long: ['bytes', 'chars', 'lines', 'max-line-length', 'words'],
    operands: anything,
  },
  grep: {
    path: '/usr/bin/grep',
    flags: 'aEFGhHilLnoqrRsvwxcb',
    valueFlags: 'ABCem',
    long: [
      'count',
      'extended-regexp',
      'files-with-matches',
      'fixed-strings',
      'ignore-case',
      'invert-match',
      'line-number',
      'line-regexp',
      'no-filename',
      'only-matching',
      'quiet',
      'recursive',
      'with-filename',
      'word-regexp',
    ],
    valueLong: [
      'after-context',
      'before-context',
      'context',
      'exclude',
      'exclude-dir',
      'include',
      'max-count',
      'regexp',
    ],
    operands: anything,
  },
  // Without --compress-program, which runs a program, and -o, which writes a file.
  sort: {
    path: '/usr/bin/sort',
    flags: 'bcCdfghiMnrRsuVz',
    valueFlags: 'kt',
    long: [
      'check',
      'dictionary-order',
      'field-separator',
      'general-numeric-sort',
      'human-numeric-sort',
      'ignore-case',
      'ignore-leading-blanks',
      'month-sort',
      'numeric-sort',
      'reverse',
      'stable',
      'unique',
      'version-sort',
    ],
    valueLong: ['key', 'sort'],
    operands: anything,
  },
  echo: { path: '/usr/bin/echo', textOnly: true },
  pwd: { path: '/usr/bin/pwd', flags: 'LP', long: ['logical', 'physical'] },
};
