import { en } from '../../../dashboard/src/i18n/en.js';
import { ko } from '../../../dashboard/src/i18n/ko.js';
import { CHANNELS, EXIT_REASONS, NOTIFICATION_TYPES, SIGNAL_REJECTIONS } from '../../../trading/types.js';

/** `{ a: { b: 'x' } }` as [['a.b', 'x']]. */
function leaves(part: object, path = ''): [string, string][] {
  return Object.entries(part).flatMap(([key, value]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === 'string' ? [[here, value]] : leaves(value as object, here);
  });
}

const english = new Map(leaves(en));
const korean = new Map(leaves(ko));
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

test('both languages have the same keys', () => {
  expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
});

test('no text is empty and both languages name the same values', () => {
  for (const [key, text] of english) {
    expect(text.trim()).not.toBe('');
    expect([key, placeholders(korean.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  }
});

test('Korean texts are Korean wherever a word can be', () => {
  const shared = [...english].filter(([key, text]) => korean.get(key) === text).map(([key]) => key);
  expect(shared.sort()).toEqual(['app.name', 'health.parts.temporal', 'logComponent.API', 'model.figures.auc']);
});

test('every word of the domain that pages show has a name', () => {
  expect(Object.keys(en.exitReason).sort()).toEqual([...EXIT_REASONS].sort());
  expect(Object.keys(en.channel).sort()).toEqual([...CHANNELS].sort());
  expect(Object.keys(en.notificationType).sort()).toEqual([...NOTIFICATION_TYPES].sort());
  expect(Object.keys(en.signalRejection).sort()).toEqual([...SIGNAL_REJECTIONS].sort());
});
