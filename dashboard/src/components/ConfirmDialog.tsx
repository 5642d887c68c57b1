import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from './states.js';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  confirm: string;
  danger?: boolean;
  /** Does the work; the dialog closes when it succeeds and shows the error when it doesn't. */
  onConfirm: () => Promise<unknown>;
  children: ReactNode;
}

/** Asks before something that can't be taken back, and says what will happen. */
export function ConfirmDialog({ opened, onClose, title, confirm, danger, onConfirm, children }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <div className="stack">
        {children}
        {error !== null && <ErrorState error={error} />}
        <div className="row between">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color={danger ? 'red' : undefined} loading={busy} onClick={() => void act()}>
            {confirm}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
