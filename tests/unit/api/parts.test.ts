import fc from 'fast-check';
import { createLogger, withoutSecrets } from '../../../adapters/log.js';
import { ChannelFailure } from '../../../adapters/notifications/index.js';
import { cookieNames } from '../../../api/auth/cookies.js';
import { newPassword, newToken, sameText, tokenHash } from '../../../api/auth/tokens.js';
import { toCsv } from '../../../api/http/csv.js';
import { securityHeaders } from '../../../api/http/guards.js';
import { containing } from '../../../api/http/paging.js';
import { Problem, problemOf } from '../../../api/http/problem.js';

describe('CSV', () => {
  test('reads back as what was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.string(), b: fc.oneof(fc.integer(), fc.constant(null)) })), (rows) => {
        const lines = parseCsv(toCsv(['a', 'b'], rows));
        expect(lines[0]).toEqual(['a', 'b']);
        rows.forEach(({ a, b }, index) => {
          const safe = /^[=+\-@\t\r]/.test(a) ? `'${a}` : a;
          expect(lines[index + 1]).toEqual([safe, b === null ? '' : String(b)]);
        });
      }),
    );
  });
  test('leaves numbers as numbers and takes the sting out of formulas', () => {
    expect(toCsv(['x', 'y'], [{ x: -1.5, y: '=HYPERLINK("http://evil")' }])).toBe(
      `x,y\r\n-1.5,"'=HYPERLINK(""http://evil"")"\r\n`,
    );
  });
});

describe('errors', () => {
  test('of a workflow whose last task failed are 503: it answers again when a worker gets through', () => {
    const cause = Object.assign(new Error('9 FAILED_PRECONDITION'), {
      code: 9,
      details: 'Unable to perform workflow execution update due to Workflow Task in failed state.',
    });
    const { status, code } = problemOf(new Error('Workflow Update failed', { cause }));
    expect([status, code]).toEqual([503, 'ENGINE_UNAVAILABLE']);
  });
  test('that are not understood tell nothing', () => {
    const { status, code, detail } = problemOf(new Error('mongodb://user:password@host failed'));
    expect([status, code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(detail).not.toContain('password');
  });
  test.each([
    [{ name: 'MongoServerSelectionError' }, 503, 'DATABASE_UNAVAILABLE'],
    [{ name: 'ServiceError', code: 14 }, 503, 'ENGINE_UNAVAILABLE'],
    [{ name: 'ExchangeUnavailable' }, 503, 'EXCHANGE_UNAVAILABLE'],
    [{ type: 'entity.parse.failed', status: 400 }, 400, 'MALFORMED_JSON'],
    [new Problem(409, 'X', 'y'), 409, 'X'],
    [new ChannelFailure('the mail server answered 550', { permanent: true }), 409, 'MAIL_REFUSED'],
    [new ChannelFailure('the mail server could not be reached'), 503, 'MAIL_UNAVAILABLE'],
    [undefined, 500, 'INTERNAL_ERROR'],
  ])('%p is %d %s', (error, status, code) => {
    const found = problemOf(error);
    expect([found.status, found.code]).toEqual([status, code]);
  });
});

describe('a search', () => {
  test('is for the text as it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(new RegExp(String(containing(text)['$regex']), 'i').test(`before ${text} after`)).toBe(true);
      }),
    );
    expect(new RegExp(String(containing('a.c')['$regex'])).test('abc')).toBe(false);
  });
});

describe('tokens', () => {
  test('are long, different, and kept as hashes', () => {
    const tokens = Array.from({ length: 100 }, () => newToken('cts'));
    expect(new Set(tokens).size).toBe(100);
    expect(tokenHash(tokens[0]!)).toMatch(/^[0-9a-f]{64}$/);
    expect(sameText('a', 'a')).toBe(true);
    expect(sameText('a', 'b')).toBe(false);
    expect(newPassword()).toMatch(/^([A-Za-z2-9]{5}-){3}[A-Za-z2-9]{5}$/);
  });
});

describe('logs', () => {
  const lines: string[] = [];
  const log = createLogger({ name: 'test', level: 'info' }, { write: (line) => void lines.push(line) });

  test('hold no secrets, in fields, in texts or in errors', () => {
    log.info({ password: 'hunter2hunter2', user: { apiKey: 'KEY123', deep: { secret: 'SEC123' } } }, 'fields');
    log.warn('GET /api/v3/account?timestamp=1&signature=abcdef123');
    log.error({ err: new Error('mongodb://root:pass123@db/x and /bot123:TOKEN123/send') }, 'error');
    log.info('https://discord.com/api/webhooks/1/HOOK123');
    const all = lines.join('\n');
    for (const secret of ['hunter2', 'KEY123', 'SEC123', 'abcdef123', 'pass123', 'TOKEN123', 'HOOK123'])
      expect(all).not.toContain(secret);
    expect(all).toContain('[secret]');
  });
  test('keep everything else', () => {
    expect(withoutSecrets('BTC/USDT bought at 61,000')).toBe('BTC/USDT bought at 61,000');
  });
});

/** RFC 4180, small and strict. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted && char === '"' && text[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && char === ',') {
      row.push(cell);
      cell = '';
    } else if (!quoted && char === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      i++;
    } else cell += char;
  }
  return rows;
}

describe('behind TLS', () => {
  const headersOf = (secure: boolean): Record<string, string> => {
    const headers: Record<string, string> = {};
    const response = {
      setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
      removeHeader() {},
    };
    securityHeaders(secure)({} as never, response as never, () => undefined);
    return headers;
  };

  test('browsers are told to come by TLS only, for a year; on loopback they are not', () => {
    expect(headersOf(true)['strict-transport-security']).toMatch(/^max-age=31536000/);
    expect(headersOf(false)['strict-transport-security']).toBeUndefined();
    for (const secure of [true, false])
      expect(headersOf(secure)['content-security-policy']).toContain("default-src 'none'");
  });

  test('cookies are bound to this host and to TLS by their names', () => {
    expect(Object.values(cookieNames(true)).filter((name) => typeof name === 'string')).toEqual([
      '__Host-session',
      '__Host-csrf',
    ]);
  });
});
