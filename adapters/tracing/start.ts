/** Turns tracing on where the environment says so, in OpenTelemetry's own words; otherwise nothing of it is loaded. */
import type { Settings } from '../settings.js';

export interface TracingHandle {
  close(): Promise<void>;
}

/** @param process the part of the product, such as `worker`: spans carry `<OTEL_SERVICE_NAME>-worker` as their service */
export async function startTracing(
  { tracing }: Pick<Settings, 'tracing'>,
  process: string,
  version: string,
  warn: (message: string) => void,
): Promise<TracingHandle | null> {
  if (!tracing) return null;
  const [{ createOtlpExporter }, { exportTracesTo }] = await Promise.all([import('./otlp.js'), import('./trace.js')]);
  const { url, headers, service, sampleRatio } = tracing;
  const exporter = createOtlpExporter({ url, headers, service: `${service}-${process}`, version, warn });
  exportTracesTo(exporter, sampleRatio);
  return {
    async close() {
      exportTracesTo(null);
      await exporter.close();
    },
  };
}
