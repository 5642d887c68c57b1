import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconAlertOctagon, IconDoorExit, IconPlayerPause, IconPlayerPlay, IconRotate } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { keys, useStatus } from '../../api/queries.js';
import type { StatusAnswer } from '../../api/types.js';
import { Loaded } from '../../components/states.js';
import { useTell } from '../../components/useErrorText.js';
import { EmergencyDialog } from './EmergencyDialog.js';
import { ResetDialog } from './ResetDialog.js';
import { NO_START, StatusHeadline } from './StatusHeadline.js';
import './control.css';

/** What the bot is doing, and the four things one can tell it. */
export function ControlPanel() {
  const { t } = useTranslation();
  const status = useStatus();
  return (
    <section className="panel control" aria-label={t('control.title')} data-status={status.data?.status}>
      <Loaded query={status} lines={3}>
        {(view) => (
          <>
            <StatusHeadline status={view} />
            <Controls status={view} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Controls({ status: { status, fleet } }: { status: StatusAnswer }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<'emergency' | 'reset' | null>(null);
  const command = useCommand();
  const stopped = status === 'STOPPED';
  const halted = status === 'EMERGENCY_STOPPED';
  const busy = command.isPending ? command.variables.path : null;
  return (
    <div className="control-buttons" role="group" aria-label={t('control.commands')}>
      {halted ? (
        <Button size="md" leftSection={<IconRotate size={18} />} onClick={() => setDialog('reset')}>
          {t('control.reset')}
        </Button>
      ) : (
        <Button
          size="md"
          color="green"
          leftSection={<IconPlayerPlay size={18} />}
          disabled={status === 'RUNNING' || fleet.stopped}
          aria-describedby={fleet.stopped ? NO_START : undefined}
          loading={busy === 'start'}
          onClick={() => command.mutate({ path: 'start', body: {} })}
        >
          {t('control.start')}
        </Button>
      )}
      <Button
        size="md"
        variant="default"
        leftSection={<IconPlayerPause size={18} />}
        disabled={stopped || halted}
        loading={busy === 'stop'}
        onClick={() => command.mutate({ path: 'stop', body: { mode: 'now' } })}
      >
        {t('control.stopNow')}
      </Button>
      <Button
        size="md"
        variant="default"
        leftSection={<IconDoorExit size={18} />}
        disabled={status !== 'RUNNING'}
        onClick={() => command.mutate({ path: 'stop', body: { mode: 'reduce' } })}
      >
        {t('control.reduce')}
      </Button>
      <Button size="md" color="red" leftSection={<IconAlertOctagon size={18} />} onClick={() => setDialog('emergency')}>
        {t('control.emergency')}
      </Button>
      <EmergencyDialog opened={dialog === 'emergency'} onClose={() => setDialog(null)} />
      <ResetDialog opened={dialog === 'reset'} onClose={() => setDialog(null)} />
    </div>
  );
}

/** Start and stop; the answer's status is shown at once, the stream brings the next. */
function useCommand() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  return useMutation({
    mutationFn: ({ path, body }: { path: 'start' | 'stop'; body: object }) => post(`/api/trading/${path}`, body),
    onSuccess: (_, { path }) => tell.done(t(`control.done.${path}`)),
    onError: tell.failed,
    onSettled: () => client.invalidateQueries({ queryKey: keys.status }),
  });
}
