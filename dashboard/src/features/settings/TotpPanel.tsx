import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.js';
import { keys, useMe } from '../../api/queries.js';
import { Panel } from '../../components/Panel.js';
import { useTell } from '../../components/useErrorText.js';
import { CodeInput } from '../auth/CodeInput.js';
import { mayBeCode } from '../auth/codes.js';

const QrCode = lazy(() => import('./QrCode.js'));

interface Enrolment {
  secret: string;
  otpauthUrl: string;
}

/**
 * Enrols an authenticator app; live trading asks for one.
 * @param guided on the page that leads to it: it is not turned off there
 */
export function TotpPanel({ guided = false }: { guided?: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useTell();
  const enabled = useMe().data?.totpEnabled === true;
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState<string[]>([]);
  const send = async (body: object, done: string) => {
    try {
      const answer = await post<{ recoveryCodes?: string[] }>('/api/me/totp', body);
      setRecovery(answer.recoveryCodes ?? []);
      tell.done(done);
      setEnrolment(null);
      await client.invalidateQueries({ queryKey: keys.me });
    } catch (error) {
      tell.failed(error);
    }
    setCode('');
  };
  const begin = () => void post<Enrolment>('/api/me/totp', { action: 'enrol' }).then(setEnrolment, tell.failed);
  const codeInput = (
    <CodeInput
      description={enabled ? t('auth.codeHelp') : undefined}
      w={enabled ? 280 : 160}
      value={code}
      onChange={setCode}
    />
  );
  return (
    <Panel
      title={t('totp.title')}
      aside={<span className={`pill ${enabled ? 'good' : 'attention'}`}>{enabled ? t('totp.on') : t('totp.off')}</span>}
    >
      <div className="stack">
        <p className="dim small">{t('totp.text')}</p>
        {!enabled && !enrolment && (
          <Button onClick={begin} style={{ alignSelf: 'flex-start' }}>
            {t('totp.enrol')}
          </Button>
        )}
        {enrolment && (
          <div className="row" style={{ alignItems: 'flex-start', gap: 22 }}>
            <Suspense fallback={null}>
              <QrCode text={enrolment.otpauthUrl} label={t('totp.qr')} />
            </Suspense>
            <div className="stack tight">
              <p>{t('totp.scan')}</p>
              <code className="mono">{enrolment.secret}</code>
              <div className="row bottom">
                {codeInput}
                <Button
                  disabled={code.length !== 6}
                  onClick={() => void send({ action: 'confirm', code }, t('totp.confirmed'))}
                >
                  {t('totp.confirm')}
                </Button>
              </div>
            </div>
          </div>
        )}
        {recovery.length > 0 && (
          <div role="status">
            <p>{t('totp.recovery')}</p>
            <code className="mono recovery">{recovery.join('\n')}</code>
          </div>
        )}
        {enabled && !guided && (
          <div className="row bottom">
            {codeInput}
            <Button
              variant="default"
              disabled={!mayBeCode(code)}
              onClick={() => void send({ action: 'remove', code }, t('totp.removed'))}
            >
              {t('totp.remove')}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}
