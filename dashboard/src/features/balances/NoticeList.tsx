import { useTranslation } from 'react-i18next';
import type { AccountAnswer } from '../../api/types.js';
import { EmptyState } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { logText } from '../../i18n/server/index.js';

const LOOKS = { INFO: '', WARNING: 'attention', ERROR: 'bad' } as const;

/** What looks at the account have found: who moved what, and what is done about it. */
export function NoticeList({ notices }: { notices: AccountAnswer['notices'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (notices.length === 0) return <EmptyState title={t('balances.noNotices')} />;
  return (
    <ul className="plain-list">
      {notices.map(({ id, at, level, code, message }) => (
        <li key={id}>
          <span className="row">
            <span className={`pill ${LOOKS[level]}`} title={code}>
              {t(`logLevel.${level}`)}
            </span>
            <span className="dim small">{format.dateTime(at)}</span>
          </span>
          {logText(message)}
        </li>
      ))}
    </ul>
  );
}
