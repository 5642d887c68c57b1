import { Button, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { keys, useConfig, useLimited, usePositions, useStatus } from '../../api/queries.js';
import type { ReceiptAnswer } from '../../api/types.js';
import { DescribedCheckbox } from '../../components/Described.js';
import { ErrorState } from '../../components/states.js';
import { Receipt } from './Receipt.js';

/** Says what an emergency stop will do, does it, and shows the receipt as it grows. */
export function EmergencyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={t('emergency.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <EmergencySteps onClose={onClose} />
    </Modal>
  );
}

function EmergencySteps({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const configured = useConfig(!useLimited()).data?.liquidateOnEmergency ?? false;
  const [liquidate, setLiquidate] = useState(configured);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [answer, setAnswer] = useState<ReceiptAnswer | null>(null);
  const receipt = useFinishing(answer);
  const act = async () => {
    setBusy(true);
    setError(null);
    try {
      setAnswer(await post<ReceiptAnswer>('/api/trading/emergency-stop', { liquidate, ...(reason ? { reason } : {}) }));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
    void client.invalidateQueries();
  };
  if (receipt)
    return (
      <div className="stack">
        <Receipt receipt={receipt} />
        <Button onClick={onClose} data-autofocus>
          {t('common.close')}
        </Button>
      </div>
    );
  return (
    <div className="stack">
      <Consequences liquidate={liquidate} />
      <DescribedCheckbox
        checked={liquidate}
        onChange={(event) => setLiquidate(event.currentTarget.checked)}
        label={t('emergency.liquidate')}
        help={t('emergency.liquidateHelp')}
      />
      <TextInput
        label={t('emergency.reason')}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {error !== null && <ErrorState error={error} />}
      <div className="row between">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button color="red" loading={busy} onClick={() => void act()}>
          {t('emergency.confirm')}
        </Button>
      </div>
    </div>
  );
}

function Consequences({ liquidate }: { liquidate: boolean }) {
  const { t } = useTranslation();
  const positions = usePositions(!useLimited()).data?.items;
  const held = positions?.map(({ symbol }) => symbol).join(', ') || t('emergency.nothingHeld');
  return (
    <ol className="consequences">
      <li>{t('emergency.will.halt')}</li>
      <li>{t('emergency.will.cancel')}</li>
      <li>
        <b>{liquidate ? t('emergency.will.sell') : t('emergency.will.keep')}</b>
        {positions && ` (${held})`}
      </li>
      <li>{t('emergency.will.notify')}</li>
      <li>{t('emergency.will.reset')}</li>
    </ol>
  );
}

/** The receipt that the POST gave, replaced by the status's newer one while work goes on. */
function useFinishing(answer: ReceiptAnswer | null): ReceiptAnswer | null {
  const client = useQueryClient();
  const status = useStatus();
  const unfinished = answer !== null && answer.finishedAt === null;
  const current = status.data?.emergency;
  const newer = unfinished && current?.triggeredAt === answer.triggeredAt ? current : answer;
  const waiting = newer !== null && newer.finishedAt === null;
  useEffect(() => {
    if (!waiting) return;
    const timer = window.setInterval(() => void client.invalidateQueries({ queryKey: keys.status }), 1_000);
    return () => window.clearInterval(timer);
  }, [waiting, client]);
  return newer;
}
