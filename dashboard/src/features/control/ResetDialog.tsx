import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { useMe, useStatus } from '../../api/queries.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { Receipt } from './Receipt.js';

/** Leaving an emergency is a person's decision: shows what happened, who resets and asks why. */
export function ResetDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const emergency = useStatus().data?.emergency;
  const me = useMe().data;
  const [reason, setReason] = useState('');
  const reset = async () => {
    await post('/api/trading/reset', reason ? { reason } : {});
    await client.invalidateQueries();
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t('reset.title')}
      confirm={t('reset.confirm')}
      onConfirm={reset}
    >
      <p>{t('reset.text')}</p>
      {emergency && <Receipt receipt={emergency} />}
      <p className="dim small">{t('reset.who', { email: me?.email ?? '' })}</p>
      <TextInput
        label={t('reset.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
