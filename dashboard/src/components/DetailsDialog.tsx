import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Shows one entry of a list whole; closed while there is none. */
export function DetailsDialog<Entry>({
  of,
  title,
  onClose,
  children,
}: {
  of: Entry | null;
  title: string;
  onClose: () => void;
  children: (entry: Entry) => ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={of !== null}
      onClose={onClose}
      size="lg"
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {of !== null && children(of)}
    </Modal>
  );
}
