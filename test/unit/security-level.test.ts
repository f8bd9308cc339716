import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { requestSecurityLevel, toolSecurityLevel } from '../../workflows/domain/security-level.ts';

const shipped = parsePolicy(
  await readFile(new URL('../../countersign.policy.yaml', import.meta.url), 'utf8'),
  'countersign.policy.yaml',
);

describe('the security level', () => {
  it.each([
    ['get_server_info', null],
    ['list_files', 'MEDIUM'],
    ['execute_command', 'CRITICAL'],
    ['get_user_info', 'MEDIUM'],
    ['forget_user_data', 'HIGH'],
    ['delete_user_data', 'HIGH'],
    ['admin_reset_system', 'CRITICAL'],
  ])('of %s in the shipped policy is %s', (tool, level) => {
    expect(toolSecurityLevel(shipped, tool, shipped.tools[tool]?.scope ?? '')).toBe(level);
  });

  it('is what the policy sets for the tool', () => {
    const policy = {
      ...shipped,
      tools: { list_users: { scope: 'admin:users', securityLevel: 'MEDIUM' as const } },
    };
    expect(toolSecurityLevel(policy, 'list_users', 'admin:users')).toBe('MEDIUM');
    expect(requestSecurityLevel(policy, { toolName: 'list_users', scopes: ['admin:users'] })).toBe('MEDIUM');
  });

  it('of a request is that of its most dangerous scope, whatever tool it names', () => {
    expect(requestSecurityLevel(shipped, { toolName: null, scopes: ['none'] })).toBeNull();
    expect(requestSecurityLevel(shipped, { toolName: null, scopes: ['read:files', 'erase:user-data'] })).toBe('HIGH');
    const policy = {
      ...shipped,
      tools: { list_files: { scope: 'read:files', securityLevel: 'MEDIUM' as const } },
    };
    expect(requestSecurityLevel(policy, { toolName: 'list_files', scopes: ['execute:commands'] })).toBe('CRITICAL');
    expect(requestSecurityLevel(policy, { toolName: 'list_files', scopes: ['gone:scope'] })).toBe('CRITICAL');
  });
});
