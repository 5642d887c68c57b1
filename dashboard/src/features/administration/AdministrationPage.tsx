import { useTranslation } from 'react-i18next';
import { PageTitle } from '../../components/Panel.js';
import { FleetPanel } from './FleetPanel.js';
import { ModelsPanel } from './ModelsPanel.js';
import { UsersPanel } from './UsersPanel.js';

/** Everyone's trading at a glance, the switch that stops all of it, the users, and the models. */
export default function AdministrationPage() {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <PageTitle title={t('nav.administration')} />
      <FleetPanel />
      <UsersPanel />
      <ModelsPanel />
    </div>
  );
}
