import { getEventListeners } from 'node:events';
import {
  answer,
  type BotControl,
  COMMANDS,
  CommandRefused,
  type Owner,
  type Update,
} from '../../../adapters/notifications/telegramBot/commands.js';
import { pause } from '../../../adapters/notifications/telegramBot/pause.js';
import type { StatusView } from '../../../trading/types.js';

const NOW = 1_800_000_000_000;
const owner: Owner = { userId: 'u1', token: 't', chatId: '42', locale: 'en' };
const status = {
  status: 'RUNNING',
  mode: 'paper',
  riskState: 'ACTIVE',
  cycle: 7,
  openPositions: 1,
  tradesToday: 2,
  equity: 10_012.5,
  dailyPnl: -12.5,
  dailyPnlPct: -0.125,
  lastError: null,
} as StatusView;

function control() {
  const asked: string[] = [];
  const note = (what: string) => (userId: string) => Promise.resolve(void asked.push(`${what} ${userId}`));
  const own: BotControl = {
    status: () => Promise.resolve(status),
    positions: () =>
      Promise.resolve([
        {
          symbol: 'BTC/USDT',
          quantity: '0.00333',
          entryPrice: '60000',
          stopPrice: '59400',
          targetPrice: '61200',
          protected: false,
        },
      ]),
    start: note('start'),
    stop: note('stop'),
    emergency: (userId) => note('emergency')(userId).then(() => 'EMERGENCY_STOPPED'),
  };
  return { asked, own };
}
const says = (text: string, over: Partial<NonNullable<Update['message']>> = {}): Update => ({
  update_id: 1,
  message: { date: NOW / 1000, text, chat: { id: 42, type: 'private' }, from: { id: 42 }, ...over },
});
const presses = (data: string, id = 42): Update => ({
  update_id: 2,
  callback_query: { id: 'c', data, from: { id }, message: { chat: { id, type: 'private' } } },
});

test('status, positions and profit are told', async () => {
  const { own } = control();
  expect((await answer(says('/status'), owner, own, NOW))?.text).toBe(
    'Trading is <b>RUNNING</b> (paper), risk <b>ACTIVE</b>\nCycle 7, 1 positions, 2 trades today\nEquity <b>10,012.50</b>, today <b>-12.50 (-0.13 %)</b>',
  );
  expect((await answer(says('/positions'), owner, own, NOW))?.text).toContain('<b>BTC/USDT</b> 0.00333 at 60,000');
  expect((await answer(says('/positions'), owner, own, NOW))?.text).toContain('not protected');
  expect((await answer(says('/profit@my_bot'), owner, own, NOW))?.text).toContain('-12.50');
});

test('the status is told in Korean with its states and its last error', async () => {
  const { own } = control();
  const seen = await own.status('u1');
  const lastError = { at: '2024-08-05T12:00:00.000Z', code: 'TIMEOUT', message: 'The step did not answer in time' };
  const failing = { ...own, status: () => Promise.resolve({ ...seen, lastError }) };
  const { text } = (await answer(says('/status'), { ...owner, locale: 'ko' }, failing, NOW))!;
  expect(text).toContain('<b>실행 중</b> (모의), 위험 상태: <b>정상</b>');
  expect(text).toContain('최근 오류: 단계 시간 초과 (TIMEOUT): 단계가 제시간에 응답하지 않았습니다');
});

test('start and stop are carried out and confirmed in the language of the owner', async () => {
  const { own, asked } = control();
  expect((await answer(says('/start'), owner, own, NOW))?.text).toBe('Trading is started.');
  expect((await answer(says('/stop'), { ...owner, locale: 'ko' }, own, NOW))?.text).toContain('중단했습니다');
  expect(asked).toEqual(['start u1', 'stop u1']);
});

test('real money is not started by a word: Telegram itself says /start when a chat is opened', async () => {
  const { own, asked } = control();
  const live = { ...own, status: () => Promise.resolve({ ...status, mode: 'live' as const }) };
  const question = await answer(says('/start'), owner, live, NOW);
  expect(question?.text).toContain('real money');
  expect(asked).toEqual([]);
  const yes = question!.buttons![0]!.data;
  expect((await answer(presses(yes.replace('start', 'emergency')), owner, live, NOW))?.text).toContain('too old');
  expect((await answer(presses(yes), owner, live, NOW))?.text).toBe('Trading is started.');
  expect(asked).toEqual(['start u1']);
});

test('an emergency asks first, and is carried out by its button within a minute', async () => {
  const { own, asked } = control();
  const question = await answer(says('/emergency'), owner, own, NOW);
  expect(question?.buttons).toHaveLength(2);
  expect(asked).toEqual([]);
  const yes = question!.buttons![0]!.data;
  expect(yes.length).toBeLessThanOrEqual(64);
  expect((await answer(presses('no'), owner, own, NOW))?.text).toBe('Nothing was done.');
  expect((await answer(presses(yes), owner, own, NOW + 60_001))?.text).toContain('too old');
  expect((await answer(presses(yes.replace(/.$/, '!')), owner, own, NOW))?.text).toContain('too old');
  expect((await answer(presses(yes), { ...owner, token: 'other' }, own, NOW))?.text).toContain('too old');
  expect((await answer(presses(`emergency:${NOW + 5}:x`), owner, own, NOW))?.text).toContain('too old');
  expect(asked).toEqual([]);
  expect((await answer(presses(yes), owner, own, NOW + 60_000))?.text).toBe('EMERGENCY STOP: EMERGENCY_STOPPED');
  expect(asked).toEqual(['emergency u1']);
});

test.each<[string, Update]>([
  ['a stranger', says('/stop', { chat: { id: 43, type: 'private' }, from: { id: 43 } })],
  ['a group, though it has the number', says('/stop', { chat: { id: 42, type: 'group' } })],
  ['somebody else in the chat', says('/stop', { from: { id: 7 } })],
  ['a stranger’s button', presses('no', 43)],
  ['something else', { update_id: 3 }],
])('%s is not heard', async (_name, update) => {
  const { own, asked } = control();
  expect(await answer(update, owner, own, NOW)).toBeNull();
  expect(asked).toEqual([]);
});

test('a command that comes late is not carried out', async () => {
  const { own, asked } = control();
  const late = says('/start', { date: NOW / 1000 - 121 });
  expect((await answer(late, owner, own, NOW))?.text).toContain('too late');
  expect(asked).toEqual([]);
});

test('what is no command gets the list of them', async () => {
  const { own } = control();
  for (const text of ['hello', '', '/toString', '/constructor']) {
    const told = await answer(says(text), owner, own, NOW);
    for (const name of Object.keys(COMMANDS)) expect(told?.text).toContain(name);
  }
});

test('a refusal says why, an error does not', async () => {
  const { own } = control();
  const refused = { ...own, start: () => Promise.reject(new CommandRefused('reset <first>')) };
  const broken = { ...own, start: () => Promise.reject(new Error('mongodb://secret')) };
  expect((await answer(says('/start'), owner, refused, NOW))?.text).toBe('Not done: reset &lt;first&gt;');
  expect((await answer(says('/start'), owner, broken, NOW))?.text).not.toContain('secret');
});

test('waiting again and again on one signal leaves no listener behind', async () => {
  const stopping = new AbortController();
  for (let i = 0; i < 20; i++) await pause(0, stopping.signal);
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(0);
  const long = pause(60_000, stopping.signal);
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
  stopping.abort();
  await long;
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(0);
});
