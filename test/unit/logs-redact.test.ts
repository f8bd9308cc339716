import { describe, expect, test } from 'vitest';
import { keptLog } from '../support/kept-log.ts';

describe('the log', () => {
  test('replaces secrets by name, however deep, and keeps the rest', () => {
    const { logger, entries } = keptLog();
    logger.info(
      {
        headers: { Authorization: 'Bearer abc', cookie: 'a=b', accept: 'text/html' },
        body: [{ refresh_token: 'r', new_token: 'n', password: 'demo', client_secret: 's', code: 'c', status: 1 }],
        arguments: { command: 'ps' },
        requestId: 'kept',
      },
      'hello',
    );
    expect(entries[0]).toMatchObject({
      headers: { Authorization: '[redacted]', cookie: '[redacted]', accept: 'text/html' },
      body: [
        {
          refresh_token: '[redacted]',
          new_token: '[redacted]',
          password: '[redacted]',
          client_secret: '[redacted]',
          code: '[redacted]',
          status: 1,
        },
      ],
      arguments: '[redacted]',
      requestId: 'kept',
      msg: 'hello',
    });
  });

  test('replaces credentials that a text or an error quotes', () => {
    const { logger, entries } = keptLog();
    const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln';
    logger.warn({ err: new Error(`refused Bearer opaque-123 and ${jwt}`), note: `got ${jwt}` }, 'failed');
    const text = JSON.stringify(entries);
    expect(text).not.toContain('opaque-123');
    expect(text).not.toContain('eyJ');
    expect(entries[0]).toMatchObject({ err: { type: 'Error' }, note: 'got [redacted]' });
  });

  test('keeps the code of an error, which says what failed', () => {
    const { logger, entries } = keptLog();
    logger.error({ err: Object.assign(new Error('no'), { code: '57P01' }) }, 'failed');
    expect(entries[0]).toMatchObject({ err: { code: '57P01' } });
  });

  test('of a child holds nothing more', () => {
    const { logger, entries } = keptLog();
    logger.child({ token: 'secret', role: 'api' }).info('x');
    expect(entries[0]).toMatchObject({ token: '[redacted]', role: 'api' });
  });
});
