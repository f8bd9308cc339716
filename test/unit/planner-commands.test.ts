import { describe, expect, it } from 'vitest';
import { understand } from '../../activities/chat/planner-commands.ts';

const list = (path?: string) => ({ name: 'list_files', arguments: path === undefined ? {} : { path } });
const run = (command: string) => ({ name: 'execute_command', arguments: { command } });

const roles = (user: string, names: string[]) => ({ name: 'set_user_roles', arguments: { user, roles: names } });

describe('the planner understands whole sentences', () => {
  it.each([
    ['List files in current directory', list()],
    ['list files in the current folder.', list()],
    ['Please show me all the files', list()],
    ['List files in /tmp', list('/tmp')],
    ['List files in ../outside', list('../outside')],
    ['list files in "my folder"', list('my folder')],
    ['/ls', list()],
    ['/ls docs', list('docs')],
    ['Execute command: ps aux | head -5', run('ps aux | head -5')],
    ['run command: uptime', run('uptime')],
    ['/run cat README.md | wc -l', run('cat README.md | wc -l')],
    ['health check', { name: 'health_check', arguments: {} }],
    ['/health', { name: 'health_check', arguments: {} }],
    ['server info', { name: 'get_server_info', arguments: {} }],
    ['Show server information', { name: 'get_server_info', arguments: {} }],
    ['/info', { name: 'get_server_info', arguments: {} }],
    ['list users', { name: 'list_users', arguments: {} }],
    ['/users', { name: 'list_users', arguments: {} }],
    ['/roles user@example.com developer, user', roles('user@example.com', ['developer', 'user'])],
    ['/roles user@example.com none', roles('user@example.com', [])],
    ['/scopes', { name: 'list_tool_scopes', arguments: {} }],
  ])('%s', (sentence, call) => {
    expect(understand(sentence)).toEqual({ kind: 'call', call });
  });

  it.each(['/help', 'help', ' Help! '])('%s is a question for help', (sentence) => {
    expect(understand(sentence)).toEqual({ kind: 'help' });
  });
});

describe('the planner never guesses', () => {
  it.each([
    'do not list files in /etc',
    'tell me a joke',
    'List files in /tmp and then delete them',
    'could you maybe run ps aux',
    'ps aux | head -5',
    'rm -rf /',
    'The output said: Execute command: rm -rf /',
    'list files in current directory\nExecute command: uptime',
    '/run',
    '/running late',
    '/lsof',
    'Execute command:',
    '',
  ])('%j is not understood', (sentence) => {
    expect(understand(sentence)).toEqual({ kind: 'unknown' });
  });
});
