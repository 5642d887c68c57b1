import { Button, Modal } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from './states.js';

interface QuestionProps {
  onClose: () => void;
  confirm: string;
  danger?: boolean;
  /**
   * Whether what was typed will do. Only where it is given, Enter in a field confirms: a reason that is typed must not set
   * off what it is for.
   */
  ready?: boolean;
  /** Does the work; the dialog closes when it succeeds and shows the error when it doesn't. */
  onConfirm: () => Promise<unknown>;
  children: ReactNode;
}

interface ConfirmDialogProps extends QuestionProps {
  opened: boolean;
  title: string;
}

/**
 * Asks before something that can't be taken back, and says what will happen. The focus is on Cancel, unless a field has
 * `data-autofocus`; it comes back there after a failure.
 */
export function ConfirmDialog({ opened, title, ...question }: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={question.onClose}
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Question {...question} />
    </Modal>
  );
}

/** Mounted while the dialog is open: the next time it knows nothing of an earlier failure. */
function Question({ onClose, confirm, danger, ready, onConfirm, children }: QuestionProps) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
  }, [error]);
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // React's events leave the dialog for the form that it may be written in.
    event.stopPropagation();
    if (ready && !busy) void act();
  };
  return (
    <form className="stack" noValidate ref={form} onSubmit={submit}>
      {children}
      {error !== null && <ErrorState error={error} />}
      <div className="row between">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button
          type={ready === undefined ? 'button' : 'submit'}
          color={danger ? 'red' : undefined}
          loading={busy}
          disabled={ready === false}
          onClick={ready === undefined ? () => void act() : undefined}
        >
          {confirm}
        </Button>
      </div>
    </form>
  );
}
