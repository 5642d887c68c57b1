import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { applyPatch, ConfigFileError, loadDefaultConfig } from '../../../adapters/config/defaults.js';
import { configChange, normalizeChange } from '../../../adapters/config/designForm.js';
import { listIssues } from '../../../adapters/config/issues.js';
import { BUILT_IN, tradingConfig } from '../../../adapters/config/tradingConfig.js';
import { projectRoot } from '../../../adapters/paths.js';

const paths = (change: unknown): string[] => {
  const parsed = configChange.safeParse(change);
  return parsed.success
    ? []
    : listIssues(parsed.error, change)
        .map(({ path }) => path)
        .sort();
};

const DESIGN = {
  engine: { trading_interval: 300, max_concurrent_positions: 5, enable_paper_trading: false },
  risk_management: { daily_loss_limit_pct: 3.0, position_size_pct: 2.0, stop_loss_pct: 1.0, take_profit_pct: 2.0 },
  symbols: ['BTC/USDT', 'ETH/USDT'],
  notifications: {
    enabled: true,
    channels: ['dashboard', 'email'],
    trade_notifications: true,
    error_notifications: true,
  },
};

describe('settings', () => {
  test('are whole as built in', () => {
    expect(tradingConfig.parse(BUILT_IN)).toEqual(BUILT_IN);
  });

  test('in the design form and flat mean the same', () => {
    const { patch, warnings } = normalizeChange(configChange.parse(DESIGN));
    expect(patch).toEqual({
      tradingInterval: 300,
      maxPositions: 5,
      maxDailyLossPct: 3,
      positionSizePct: 2,
      stopLossPct: 1,
      takeProfitPct: 2,
      symbols: ['BTC/USDT', 'ETH/USDT'],
      notifications: {
        enabled: true,
        channels: ['dashboard', 'email'],
        tradeNotifications: true,
        errorNotifications: true,
      },
    });
    expect(warnings).toHaveLength(1);
  });

  test.each([
    [{ tradingInterval: 10, engine: { trading_interval: 20 } }, 'engine.trading_interval'],
    [{ stopLossPct: 1, risk_management: { stop_loss_pct: 2 } }, 'risk_management.stop_loss_pct'],
    [{ mode: 'live', engine: { enable_paper_trading: true } }, 'engine.enable_paper_trading'],
    [{ notifications: { tradeNotifications: true, trade_notifications: false } }, 'notifications.trade_notifications'],
    [{ notifications: { errorNotifications: true, error_notifications: false } }, 'notifications.error_notifications'],
  ])('given in both forms with different values contradict each other: %j', (change, path) => {
    const { contradictions } = normalizeChange(configChange.parse(change));
    expect(contradictions).toEqual([
      { path, message: expect.stringMatching(/^contradicts ".*", which is given too$/) },
    ]);
  });

  test('given in both forms with the same value are taken', () => {
    const change = { notifications: { tradeNotifications: false, trade_notifications: false } };
    expect(normalizeChange(configChange.parse(change))).toMatchObject({
      patch: { notifications: { tradeNotifications: false } },
      contradictions: [],
    });
  });

  test('switch back to paper, and never to live, by the design form', () => {
    const paper = { engine: { enable_paper_trading: true } };
    expect(normalizeChange(configChange.parse(paper))).toMatchObject({ patch: { mode: 'paper' }, warnings: [] });
    fc.assert(
      fc.property(fc.boolean(), (enable) => {
        const { patch } = normalizeChange(configChange.parse({ engine: { enable_paper_trading: enable } }));
        expect(patch.mode).not.toBe('live');
      }),
    );
  });

  test.each([
    ['tradingInterval', 0],
    ['tradingInterval', 86_401],
    ['tradingInterval', 1.5],
    ['tradingInterval', '300'],
    ['maxPositions', 0],
    ['maxDailyLossPct', 0],
    ['maxDailyLossPct', 100.1],
    ['stopLossPct', 100],
    ['takeProfitPct', Number.NaN],
    ['symbols', []],
    ['symbols', ['BTC/USDT', 'BTC/USDT']],
    ['timeframe', '7m'],
    ['timeZone', '+09:00'],
    ['timeZone', 'Nowhere/Town'],
    ['mode', 'real'],
    ['isEnabled', true],
    ['userId', 'x'],
    ['__proto__x', 1],
  ])('refuse %s = %p by name', (name, value) => {
    expect(paths({ [name]: value })).toEqual([name]);
  });

  test('name every wrong field at every depth', () => {
    const wrong = {
      symbols: ['BTCUSDT'],
      risk: { maxDrawdownPct: 0, x: 1 },
      engine: { y: 2 },
      notifications: { channels: ['fax'] },
    };
    expect(paths(wrong)).toEqual([
      'engine.y',
      'notifications.channels.0',
      'risk.maxDrawdownPct',
      'risk.x',
      'symbols.0',
    ]);
  });

  test('whatever is asked for, what is accepted leaves the whole valid', () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, 1, 99.9, 100, 1e9));
    const any = fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
    const change = fc.dictionary(fc.constantFrom(...Object.keys(BUILT_IN), 'engine', 'other'), any);
    const good = fc.record(
      {
        tradingInterval: fc.integer({ min: 1, max: 86_400 }),
        maxDailyLossPct: fc.double({ min: 0.01, max: 100, noNaN: true }),
        exits: fc.record({ trailingStopPct: fc.double({ min: 0, max: 99, noNaN: true }) }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(change, good), (given) => {
        const parsed = configChange.safeParse(given);
        if (!parsed.success) return listIssues(parsed.error, given).length > 0;
        return tradingConfig.safeParse(applyPatch(BUILT_IN, normalizeChange(parsed.data).patch)).success;
      }),
      { numRuns: 500 },
    );
  });
});

describe('the files in config/', () => {
  test('as shipped give the contract new users', () => {
    expect(loadDefaultConfig()).toEqual(BUILT_IN);
  });

  test('accept the design example as it stands', () => {
    withFiles({ 'auto_trading_config.json': JSON.stringify(DESIGN) }, (folder) => {
      expect(loadDefaultConfig(folder)).toMatchObject({ mode: 'paper', tradingInterval: 300 });
    });
  });

  test('that give a field twice with different values are refused', () => {
    withFiles({ 'auto_trading_config.json': '{"tradingInterval":10,"engine":{"trading_interval":20}}' }, (folder) => {
      expect(problemsOf(() => loadDefaultConfig(folder))).toEqual([
        'config/auto_trading_config.json: engine.trading_interval: contradicts "tradingInterval", which is given too',
      ]);
    });
    const text = '{"notifications":{"tradeNotifications":true,"trade_notifications":false}}';
    withFiles({ 'notification_config.json': text }, (folder) => {
      expect(problemsOf(() => loadDefaultConfig(folder))).toEqual([
        'config/notification_config.json: notifications.trade_notifications: contradicts "notifications.tradeNotifications", which is given too',
      ]);
    });
  });

  test('that are wrong are named with file and field, all of them', () => {
    const files = {
      'auto_trading_config.json': '{"engine":{"trading_interval":0},"colour":"red"}',
      'risk_config.json': '{"risk_limits":{"max_drawdown_pct":"high"}}',
      'notification_config.json': '{',
    };
    withFiles(files, (folder) => {
      const problems = problemsOf(() => loadDefaultConfig(folder));
      expect(problems).toHaveLength(4);
      expect(problems.join('\n')).toMatch(
        /config\/auto_trading_config\.json: engine\.trading_interval: must be at least 1/,
      );
      expect(problems.join('\n')).toMatch(/config\/auto_trading_config\.json: colour: is not a known field/);
      expect(problems.join('\n')).toMatch(/config\/risk_config\.json: risk_limits\.max_drawdown_pct/);
      expect(problems.join('\n')).toMatch(/config\/notification_config\.json: no valid JSON/);
    });
  });
});

function withFiles(files: Record<string, string>, use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    cpSync(join(projectRoot(), 'config'), folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function problemsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigFileError) return error.problems;
    throw error;
  }
  throw new Error('nothing was wrong');
}
