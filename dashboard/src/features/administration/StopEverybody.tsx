import { Button, Checkbox, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconAlertOctagon } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { useTell } from '../../components/useErrorText.js';

/** The emergency stop for everyone at once, after a question. */
export function StopEverybody() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const [asked, setAsked] = useState(false);
  const [liquidate, setLiquidate] = useState(false);
  const [reason, setReason] = useState('');
  const stop = async () => {
    await post('/api/admin/emergency-stop', { liquidate, ...(reason ? { reason } : {}) });
    tell.done(t('fleet.stopDone'));
    await client.invalidateQueries();
  };
  return (
    <>
      <Button size="xs" color="red" leftSection={<IconAlertOctagon size={15} />} onClick={() => setAsked(true)}>
        {t('fleet.stopAll')}
      </Button>
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        danger
        title={t('fleet.stopAll')}
        confirm={t('fleet.stopConfirm')}
        onConfirm={stop}
      >
        <p>{t('fleet.stopText')}</p>
        <Checkbox
          checked={liquidate}
          onChange={(event) => setLiquidate(event.currentTarget.checked)}
          label={t('emergency.liquidate')}
        />
        <TextInput
          label={t('emergency.reason')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </>
  );
}
