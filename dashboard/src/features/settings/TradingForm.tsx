import { Button } from '@mantine/core';
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfig } from '../../api/queries.js';
import type { ConfigView } from '../../api/types.js';
import { blockNavigation } from '../../app/router.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { Panel } from '../../components/Panel.js';
import { Loaded } from '../../components/states.js';
import { changesOf, type Field, type FieldPath, flatten, SECTIONS, type Values, wrong } from './fields.js';
import { FieldInput } from './FieldInput.js';
import { CodeInput } from '../auth/CodeInput.js';
import { mayBeCode } from '../auth/codes.js';
import { useSaveConfig } from './useSaveConfig.js';

/** All trading settings. Nothing is sent before Save; what is wrong is said as one types. */
export function TradingForm() {
  return (
    <Loaded query={useConfig()} lines={10}>
      {(config) => <Form config={config} />}
    </Loaded>
  );
}

function Form({ config }: { config: ConfigView }) {
  const { t } = useTranslation();
  const before = useMemo(() => flatten(config), [config]);
  const [edited, setEdited] = useState<Values>({});
  const values = { ...before, ...edited };
  const { save, saving, serverErrors, live } = useSaveConfig(() => setEdited({}));
  const changes = changesOf(before, values);
  const dirty = Object.keys(changes).length > 0;
  const errorOf = useErrorOf(serverErrors);
  const wrongFields = Object.values(SECTIONS)
    .flat()
    .filter((field) => wrong(field, values[field.path]) !== null);
  const invalid = wrongFields.length > 0;
  useLeaveQuestion(dirty);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (dirty && !invalid) save(changes);
  };
  return (
    <>
      <form className="stack" noValidate onSubmit={submit}>
        {(Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).map((section) => (
          <Panel key={section} title={t(`settings.groups.${section}`)}>
            <div className="fields">
              {SECTIONS[section].map((field) => (
                <FieldInput
                  key={field.path}
                  field={field}
                  value={values[field.path]}
                  error={errorOf(field, values[field.path])}
                  onChange={(value) => setEdited({ ...edited, [field.path]: value })}
                />
              ))}
            </div>
          </Panel>
        ))}
        <div className="save-bar" data-idle={!dirty}>
          <span className="small" role="status">
            {invalid ? (
              <span className="down">
                {t('settings.invalid', {
                  fields: wrongFields.map(({ path }) => t(`config.${path as FieldPath}.label`)).join(', '),
                })}
              </span>
            ) : dirty ? (
              t('settings.unsaved')
            ) : (
              <span className="dim">{t('settings.saved')}</span>
            )}
          </span>
          <span className="row">
            <Button variant="default" disabled={!dirty} onClick={() => setEdited({})}>
              {t('settings.discard')}
            </Button>
            <Button type="submit" disabled={!dirty || invalid} loading={saving}>
              {t('settings.save')}
            </Button>
          </span>
        </div>
      </form>
      <LiveDialog {...live} />
    </>
  );
}

function LiveDialog({ asked, confirm, close }: ReturnType<typeof useSaveConfig>['live']) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  return (
    <ConfirmDialog
      opened={asked}
      onClose={() => {
        setCode('');
        close();
      }}
      danger
      ready={mayBeCode(code)}
      title={t('mode.ribbon.live')}
      confirm={t('settings.live')}
      onConfirm={() => confirm(code.trim()).finally(() => setCode(''))}
    >
      <p>{t('settings.confirmLive')}</p>
      <CodeInput data-autofocus description={t('auth.codeHelp')} value={code} onChange={setCode} />
    </ConfirmDialog>
  );
}

function useErrorOf(serverErrors: Record<string, string>) {
  const { t } = useTranslation();
  return (field: Field, value: unknown): string | undefined => {
    const problem = wrong(field, value);
    if (problem) return t(`settings.wrong.${problem.key}`, { min: problem.min, max: problem.max });
    return serverErrors[field.path];
  };
}

function useLeaveQuestion(dirty: boolean) {
  const { t } = useTranslation();
  useEffect(() => {
    blockNavigation(dirty ? () => window.confirm(t('settings.leave')) : null);
    return () => blockNavigation(null);
  }, [dirty, t]);
}
