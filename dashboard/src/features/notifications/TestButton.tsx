import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import type { ChannelName } from '../../../../trading/types.js';
import { showToast } from '../../components/Toasts.js';
import { deliveryText } from '../../i18n/server/index.js';
import { useTell } from '../../components/useErrorText.js';

interface TestAnswer {
  results: {
    channel: ChannelName;
    status: 'delivered' | 'failed' | 'skipped';
    error: string | null;
    answer: string | null;
  }[];
}

/** Sends a test message through every channel that is set up, or through one. */
export function TestButton({ channel }: { channel?: string }) {
  const { t } = useTranslation();
  const tell = useTell();
  const said = ({ results }: TestAnswer): string => {
    const outcomes = results.map(({ channel: name, status, error, answer }) => {
      const words = error ?? (name === 'dashboard' ? null : answer);
      const outcome = `${t(`channel.${name}`)}: ${t(`delivery.${status}`)}`;
      return words === null ? outcome : `${outcome} – ${deliveryText(words)}`;
    });
    return outcomes.length === 0
      ? t('notifications.testedNone')
      : t('notifications.tested', { outcomes: outcomes.join(', ') });
  };
  const test = useMutation({
    mutationFn: () => post<TestAnswer>('/api/notifications/test', channel ? { channel } : {}),
    onSuccess: (answer) => showToast(said(answer), !answer.results.some(({ status }) => status === 'failed')),
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
