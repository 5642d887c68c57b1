import { Button, Switch } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogEntry } from '../../api/types.js';
import { CsvButton } from '../../components/CsvButton.js';
import { PageTitle } from '../../components/Panel.js';
import { useFormat } from '../../format/useFormat.js';
import { LogDetails } from './LogDetails.js';
import { LogFilters } from './LogFilters.js';
import { EMPTY_FILTER, type LogFilter, queryOf } from './filter.js';
import { LogTable } from './LogTable.js';
import { useLogs } from './useLogs.js';
import { useWorkflowAddress } from './useWorkflowAddress.js';
import './logs.css';

/** What the bot wrote, as it writes it: filters, details, export, and the way to the run in Temporal's Web UI. */
export default function LogsPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<LogFilter>(EMPTY_FILTER);
  const [live, setLive] = useState(true);
  const [selected, setSelected] = useState<LogEntry | null>(null);
  const format = useFormat();
  const logs = useLogs(filter, live);
  const workflow = useWorkflowAddress();
  return (
    <div className="stack">
      <PageTitle title={t('nav.logs')} text={t('logs.intro')}>
        <Switch checked={live} onChange={(event) => setLive(event.currentTarget.checked)} label={t('logs.live')} />
        <CsvButton path="/api/logs" query={queryOf(filter)} name="logs.csv" />
        {workflow && (
          <Button
            size="xs"
            variant="default"
            component="a"
            href={workflow}
            target="_blank"
            rel="noreferrer"
            leftSection={<IconExternalLink size={15} />}
          >
            {t('logs.temporal')}
          </Button>
        )}
      </PageTitle>
      <section className="panel stack tight" aria-label={t('logs.title')}>
        <LogFilters filter={filter} onChange={setFilter} />
        <div className="row between small dim" role="status">
          <span data-testid="log-count">
            {t('logs.count', { count: logs.rows.length, shown: format.number(logs.rows.length, 0) })}
          </span>
          {!live && logs.waiting > 0 && <span>{t('logs.waiting', { count: logs.waiting })}</span>}
        </div>
        <LogTable
          rows={logs.rows}
          loading={logs.loading}
          error={logs.error}
          retry={logs.retry}
          loadOlder={logs.loadOlder}
          onSelect={setSelected}
        />
      </section>
      <LogDetails entry={selected} onClose={() => setSelected(null)} />
    </div>
  );
}
