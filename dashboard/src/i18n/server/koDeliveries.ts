import { matching, type Sentence } from './sentences.js';

/** 채널이 메시지를 받지 않은 까닭. */
const DELIVERIES: readonly Sentence[] = [
  [/^expired; last: (.+)$/, ([why = ''], say) => `기한 만료, 마지막 결과: ${say(why)}`],
  [/^expired$/, () => '기한 만료'],
  [/^mail is not set up here \(SMTP_URL\)$/, () => '이 서버에 메일(SMTP_URL)이 설정되지 않음'],
  [/^no verified mail address$/, () => '확인된 메일 주소가 없음'],
  [/^the mail address is malformed$/, () => '메일 주소 형식이 올바르지 않음'],
  [/^no webhook is set$/, () => '웹훅이 설정되지 않음'],
  [/^no chat is set$/, () => '채팅이 설정되지 않음'],
  [/^the stored address cannot be opened: enter it again$/, () => '저장된 주소를 열 수 없음: 다시 입력하세요'],
  [/^no address is known while the database is away$/, () => '데이터베이스가 응답하지 않아 주소를 알 수 없음'],
  [/^the bot token is malformed$/, () => '봇 토큰 형식이 올바르지 않음'],
  [/^the webhook is not of the form (\S+)$/, ([form]) => `웹훅 주소는 ${form} 형식이어야 함`],
  [/^(Discord|Telegram) asks to wait \(429\)$/, ([service]) => `${NAMES[service!]}에서 대기를 요청함 (429)`],
  [
    /^(Discord|Telegram) answered (\d+)(?:: (.+))?$/,
    ([service, status, more]) => `${NAMES[service!]} 응답 ${status}${more ? `: ${more}` : ''}`,
  ],
  [/^the mail server answered (\d+)$/, ([code]) => `메일 서버 응답 ${code}`],
  [/^the mail server could not be reached \((.+)\)$/, ([code]) => `메일 서버에 연결할 수 없음 (${code})`],
  [/^the mail server gave no answer within (\S+) s$/, ([seconds]) => `메일 서버가 ${seconds}초 동안 응답하지 않음`],
  [/^no answer within (\S+) s$/, ([seconds]) => `${seconds}초 동안 응답이 없음`],
  [/^could not be reached \((.+)\)$/, ([code]) => `연결할 수 없음 (${code})`],
  [/^too many messages are under way$/, () => '보내는 중인 메시지가 너무 많음'],
  [/^the service takes no more just now$/, () => '지금은 더 보낼 수 없음'],
  [/^stored$/, () => '저장됨'],
];

const NAMES: Readonly<Record<string, string>> = { Discord: '디스코드', Telegram: '텔레그램' };

export const delivery = matching(DELIVERIES);
