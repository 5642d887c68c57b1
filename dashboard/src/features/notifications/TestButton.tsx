import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { useTell } from '../../components/useErrorText.js';

/** Sends a test message through every channel that is set up, or through one. */
export function TestButton({ channel }: { channel?: string }) {
  const { t } = useTranslation();
  const tell = useTell();
  const test = useMutation({
    mutationFn: () => post('/api/notifications/test', channel ? { channel } : {}),
    onSuccess: () => tell.done(t('notifications.testSent')),
    onError: tell.failed,
  });
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconSend size={15} />}
      loading={test.isPending}
      onClick={() => test.mutate()}
    >
      {t('notifications.test')}
    </Button>
  );
}
