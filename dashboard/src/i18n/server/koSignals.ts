import { ko } from '../ko.js';
import { matching, type Sentence } from './sentences.js';

/** 전략이 표를 던질 때 하는 말과 매개변수의 뜻. */
export const MEANINGS: Readonly<Record<string, string>> = {
  'fast average above the slow one in a trend': '추세 속에서 빠른 평균이 느린 평균 위에 있음',
  'fast average below the slow one in a trend': '추세 속에서 빠른 평균이 느린 평균 아래에 있음',
  'MACD rising and RSI above the middle': 'MACD 상승, RSI가 중간 위',
  'MACD falling and RSI below the middle': 'MACD 하락, RSI가 중간 아래',
  'price far below its band and RSI oversold': '가격이 밴드보다 크게 낮고 RSI 과매도',
  'price far above its band and RSI overbought': '가격이 밴드보다 크게 높고 RSI 과매수',
  'close above the range of the last candles': '종가가 최근 캔들 범위 위',
  'close below the range of the last candles': '종가가 최근 캔들 범위 아래',
  'unusual volume on a rising candle': '상승 캔들에 이례적인 거래량',
  'unusual volume on a falling candle': '하락 캔들에 이례적인 거래량',
  'the strategies lean to buying': '전략들이 매수 쪽으로 기욺',
  'the strategies lean to selling': '전략들이 매도 쪽으로 기욺',
  'fast average crossed above the slow one': '빠른 평균이 느린 평균을 위로 돌파',
};

/** 전략의 매개변수. */
export const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trend: {
    fast: '빠른 평균의 캔들 수',
    slow: '느린 평균의 캔들 수',
    period: 'ADX와 ATR의 캔들 수',
    weakAdx: '이 ADX 이하에서는 추세가 없다고 봄',
    strongAdx: '이 ADX부터 추세를 온전히 셈',
    fullDistance: '온전히 세는 두 평균의 거리(ATR 단위)',
  },
  momentum: {
    fast: 'MACD 빠른 평균의 캔들 수',
    slow: 'MACD 느린 평균의 캔들 수',
    signal: 'MACD 신호선의 캔들 수',
    period: 'RSI와 ATR의 캔들 수',
    fullHistogram: '온전히 세는 히스토그램(ATR 단위)',
    fullRsi: '온전히 세는 RSI의 50 대비 거리',
  },
  'mean-reversion': {
    period: '밴드의 캔들 수',
    rsiPeriod: 'RSI의 캔들 수',
    from: '세기 시작하는 표준편차 거리',
    full: '온전히 세는 표준편차 거리',
    rsiMargin: 'RSI가 50에서 떨어져야 하는 거리',
  },
  breakout: {
    period: '범위의 캔들 수(현재 캔들 제외)',
    atrPeriod: 'ATR의 캔들 수',
    base: '범위를 막 벗어난 종가의 표',
    fullDistance: '온전히 세는 이탈 거리(ATR 단위)',
  },
  volume: {
    period: '평소 거래량의 캔들 수(현재 캔들 제외)',
    atrPeriod: 'ATR의 캔들 수',
    from: '세기 시작하는 평소 거래량 대비 배수',
    full: '온전히 세는 배수',
    fullBody: '온전히 세는 몸통(ATR 단위)',
  },
  ensemble: {
    trend: '추세의 비중',
    momentum: '모멘텀의 비중',
    'mean-reversion': '평균 회귀의 비중',
    breakout: '돌파의 비중',
    volume: '거래량의 비중',
  },
  'sma-cross': { fast: '빠른 평균의 캔들 수', slow: '느린 평균의 캔들 수' },
};

const NAMES: Readonly<Record<string, string>> = ko.strategy;

const REASONS: readonly Sentence[] = [
  [
    /^([a-z-]+) ([+-]?[\d.]+): (.+)$/,
    ([name = '', vote = '', said = '']) => `${NAMES[name] ?? name} ${vote}: ${MEANINGS[said] ?? said}`,
  ],
  [/^no strategy has an opinion$/, () => '의견을 낸 전략 없음'],
  [
    /^costs ([\d.]+) % a round trip: (\d+) of 100 such trades must win$/,
    ([costs, wins]) => `왕복 비용 ${costs} %: 이런 거래 100번 중 ${wins}번은 이겨야 함`,
  ],
  [
    /^only (\d+) closed candles, (\d+) are needed to judge$/,
    ([has, needs]) => `마감된 캔들 ${has}개, 판단에는 ${needs}개 필요`,
  ],
  [/^model: (\S+) (\S+) \((\S+)\)$/, ([feature, value, effect]) => `모델: ${feature} ${value} (${effect})`],
  [/^analyst (\S+): (.+)$/, ([verdict, said]) => `분석가 ${verdict}: ${said}`],
];

export const reason = matching(REASONS);
