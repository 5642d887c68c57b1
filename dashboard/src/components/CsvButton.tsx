import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { getCsv, type Query } from '../api/client.js';
import { useTell } from './useErrorText.js';

/** Saves what the server gives as CSV for `path` and `query`. */
export function CsvButton({ path, query, name }: { path: string; query?: Query; name: string }) {
  const { t } = useTranslation();
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      saveFile(await getCsv(path, query), name);
    } catch (error) {
      tell.failed(error);
    }
    setBusy(false);
  };
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} />}
      loading={busy}
      onClick={() => void save()}
    >
      {t('common.exportCsv')}
    </Button>
  );
}

export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
