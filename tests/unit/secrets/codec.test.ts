import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { codecKeys, createCodec, ENCRYPTED, PayloadUnreadable } from '../../../adapters/temporal/codec.js';

const [OLD, NEW] = ['o'.repeat(40), 'n'.repeat(40)];
const codec = (setting: string) => createCodec(codecKeys(setting));
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const valueOf = (read: Payload): unknown => defaultPayloadConverter.fromPayload(read);
const bytesOf = ({ metadata, data }: Payload): string =>
  [...Object.values(metadata ?? {}), data ?? []].map((part) => Buffer.from(part).toString('latin1')).join(' ');

describe('the payload codec', () => {
  test('gives back what it was given, and shows nothing of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const value = { canary: 'canary-4711', text };
        const [hidden] = await codec(NEW).encode([payload(value)]);
        expect(bytesOf(hidden!)).not.toContain('canary-4711');
        expect(Buffer.from(hidden!.metadata!['encoding']!).toString()).toBe(ENCRYPTED);
        expect((await codec(NEW).decode([hidden!])).map(valueOf)).toEqual([value]);
      }),
      { numRuns: 50 },
    );
  });

  test('never writes the same twice alike', async () => {
    const [one, two] = await codec(NEW).encode([payload('x'), payload('x')]);
    expect(bytesOf(one!)).not.toBe(bytesOf(two!));
  });

  test('reads what was stored in clear before it was turned on', async () => {
    const clear = payload({ userId: 'u1' });
    expect(await codec(NEW).decode([clear])).toEqual([clear]);
  });

  test('changes keys: the first encrypts, all decrypt', async () => {
    const [before] = await codec(OLD).encode([payload('kept')]);
    const both = codec(`${NEW},${OLD}`);
    expect((await both.decode([before!])).map(valueOf)).toEqual(['kept']);
    const [after] = await both.encode([payload('new')]);
    expect((await codec(NEW).decode([after!])).map(valueOf)).toEqual(['new']);
    await expect(codec(OLD).decode([after!])).rejects.toThrow(PayloadUnreadable);
    await expect(codec(OLD).decode([after!])).rejects.toThrow(/TEMPORAL_CODEC_KEY: the key [0-9a-f]{12} /);
  });

  test('refuses what was changed, cut or moved under another key id', async () => {
    const [hidden] = await codec(`${NEW},${OLD}`).encode([payload('x')]);
    const changed = Buffer.from(hidden!.data!);
    changed[changed.length - 1]! ^= 1;
    const other = { ...hidden!.metadata, 'encryption-key-id': Buffer.from(codecKeys(OLD).current.id) };
    for (const broken of [
      { ...hidden, data: changed },
      { ...hidden, data: changed.subarray(0, 20) },
      { metadata: hidden!.metadata },
      { ...hidden, metadata: other },
    ])
      await expect(codec(`${NEW},${OLD}`).decode([broken as Payload])).rejects.toThrow(PayloadUnreadable);
  });
});
