import { ApiTokens } from './ApiTokens.js';
import { Sessions } from './Sessions.js';
import { TotpPanel } from './TotpPanel.js';

/** What protects the account: the second factor, the open sessions, and the keys of scripts. */
export default function SecuritySettings() {
  return (
    <div className="stack">
      <TotpPanel />
      <Sessions />
      <ApiTokens />
    </div>
  );
}
