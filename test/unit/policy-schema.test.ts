import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { policyJsonSchema } from '../../activities/policy/policy-json-schema.ts';

const top = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
const shipped = await top('countersign.policy.yaml');
const validate = new Ajv({ strict: false }).compile(JSON.parse(policyJsonSchema()) as object);

describe('countersign.policy.schema.json', () => {
  it('is current (otherwise: npm run schema)', async () => {
    expect(await top('countersign.policy.schema.json')).toBe(policyJsonSchema());
  });

  it('is named where editors look, and fits the shipped policy', () => {
    expect(shipped.split('\n')[0]).toBe('# yaml-language-server: $schema=./countersign.policy.schema.json');
    validate(parse(shipped));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['a typing error in a setting', 'otherwise: self', 'othrwise: self'],
    ['an unknown risk', 'risk: low', 'risk: lowish'],
    ['a bad duration', 'request_ttl: 24h', 'request_ttl: soon'],
    ['nobody to approve', 'approvers: [admin]', 'approvers: []'],
    ['no approvers at all', '    approvers: [admin]\n', ''],
    ['a bad security level', 'hosted: false }', 'hosted: false, security_level: high }'],
    ['a denial without a reason', 'deny: []', 'deny: [{ scopes: [none] }]'],
  ])('finds %s', (_what, from, to) => {
    const text = shipped.replace(from, to);
    expect(text).not.toBe(shipped);
    expect(validate(parse(text))).toBe(false);
  });
});
