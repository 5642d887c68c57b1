/** What only the product's own processes need to know. */
const SECRETS = [
  ...['MASTER_KEY', 'ADMIN_PASSWORD', 'SMTP_URL', 'MONGODB_URI', 'ANALYST_API_KEY', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ...['TEMPORAL_CODEC_KEY', 'TEMPORAL_API_KEY'],
] as const;

/** For programs of others, which inherit everything else: their own settings, proxies, paths. */
export const withoutSecrets = (): Record<string, string | undefined> => ({
  ...process.env,
  ...Object.fromEntries(SECRETS.map((name) => [name, undefined])),
});
