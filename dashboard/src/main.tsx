import './mantine.css';
import './styles.css';
import './app/shell.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, hasSession, onLimited, onSignedOut } from './api/client.js';
import { keys } from './api/queries.js';
import { App } from './app/App.js';
import { repairLanguageTag } from './app/languageTag.js';
import { applyGainColours } from './app/preferences.js';
import { pageAt } from './app/pages.js';
import { Toasts } from './components/Toasts.js';
import { startTranslations } from './i18n/index.js';
import { theme } from './theme.js';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
});
onSignedOut(() => client.setQueryData(keys.me, null));
onLimited(() => void client.invalidateQueries({ queryKey: keys.me }));
repairLanguageTag();
applyGainColours();
// The page's code comes while the first answers are under way.
if (hasSession()) void pageAt(window.location.pathname)?.load();
await startTranslations();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="dark" withCssVariables={false} withGlobalClasses={false}>
      <Toasts />
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
