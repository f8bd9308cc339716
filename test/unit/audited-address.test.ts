import { expect, it } from 'vitest';
import { auditedAddress } from '../../activities/store/audited-address.ts';

it.each([
  ['https://app.example/callback?key=s3cret#s3cret', 'https://app.example/callback'],
  ['https://s3cret:s3cret@app.example:8443/', 'https://app.example:8443/'],
  ['http://127.0.0.1:7000/callback', 'http://127.0.0.1:7000/callback'],
  ['http://[::1]/callback', 'http://[::1]/callback'],
  ['com.example.app:/callback?key=s3cret', 'com.example.app:/callback'],
  ['com.example.app://done/callback#s3cret', 'com.example.app://done/callback'],
  ['s3cret', 'not an address'],
  [7, 'not an address'],
])('the audit log keeps of the redirect address %s where it leads alone', (address, kept) => {
  expect(auditedAddress(address)).toBe(kept);
});
