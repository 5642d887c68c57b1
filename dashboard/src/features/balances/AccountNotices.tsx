import { useTranslation } from 'react-i18next';
import { useAccount } from '../../api/queries.js';
import { Link } from '../../app/router.js';
import { Panel } from '../../components/Panel.js';
import { useFormat } from '../../format/useFormat.js';
import { unexplainedOf } from './account.js';
import { NoticeList } from './NoticeList.js';

/** On the overview: the last things on the account that are not our trading's doing, and what is not explained. */
export function AccountNotices() {
  const { t } = useTranslation();
  const format = useFormat();
  const account = useAccount().data;
  if (!account) return null;
  const unexplained = unexplainedOf(account);
  // What was there from the start is no news; the page of balances has it.
  const news = account.notices.filter(({ level }) => level !== 'INFO');
  if (news.length === 0 && unexplained.length === 0) return null;
  return (
    <Panel title={t('balances.notices')} aside={<Link to="/balances">{t('balances.more')}</Link>}>
      {unexplained.map(({ asset, pending }) => (
        <p key={asset} className="warn">
          {t('balances.unexplained', { change: `${format.signedQuantity(pending)} ${asset}` })}
        </p>
      ))}
      {news.length > 0 && <NoticeList notices={news.slice(0, 3)} />}
    </Panel>
  );
}
