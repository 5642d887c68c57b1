import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.js';
import type { AuditEntry, Page } from '../../api/types.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Panel } from '../../components/Panel.js';
import { EmptyState, Loaded } from '../../components/states.js';
import { useFormat } from '../../format/useFormat.js';
import { changeLines } from './changes.js';

/** Who changed what, and when. */
export default function AuditTrail() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const audit = useQuery({ queryKey: ['audit'], queryFn: () => get<Page<AuditEntry>>('/api/audit', { limit: 200 }) });
  const actionText = (action: string): string => {
    const key = `audit.actions.${action}`;
    return i18n.exists(key) ? t(key as 'audit.system') : action;
  };
  const nameOf = (path: string): string => {
    const key = `config.${path}.label`;
    return i18n.exists(key) ? t(key as 'config.mode.label') : path;
  };
  const columns: Column<AuditEntry>[] = [
    { key: 'time', header: t('common.time'), cell: ({ at }) => format.dateTime(at), sort: ({ at }) => at },
    {
      key: 'actor',
      header: t('audit.actor'),
      wideOnly: true,
      cell: ({ actor, actorId }) => actor ?? actorId ?? t('audit.system'),
      sort: ({ actor }) => actor ?? '',
    },
    {
      key: 'action',
      header: t('audit.action'),
      cell: ({ action }) => <span title={action}>{actionText(action)}</span>,
      sort: ({ action }) => action,
    },
    {
      key: 'changes',
      header: t('audit.changes'),
      align: 'wrap',
      cell: ({ changes }) => (
        <ul className="plain-list small">
          {changeLines(changes).map(({ path, from, to }) => (
            <li key={path}>
              <span title={path}>{nameOf(path)}</span>: {from === undefined ? '' : <s className="dim">{from}</s>}
              {from === undefined ? '' : ' → '}
              <b>{to}</b>
            </li>
          ))}
        </ul>
      ),
    },
  ];
  return (
    <Panel title={t('audit.title')}>
      <Loaded query={audit} lines={8}>
        {({ items }) => (
          <DataTable
            label={t('audit.title')}
            rows={items}
            columns={columns}
            rowKey={({ id }) => id}
            maxHeight={640}
            empty={<EmptyState title={t('audit.none')} />}
          />
        )}
      </Loaded>
    </Panel>
  );
}
