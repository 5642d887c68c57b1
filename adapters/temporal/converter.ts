import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { projectRoot } from '../paths.js';
import type { Settings } from '../settings.js';
import { codecKeys, createCodec } from './codec.js';

/**
 * How clients and workers write to Temporal: in clear, or encrypted where TEMPORAL_CODEC_KEY is set. Every process of an
 * installation needs the same. Workflow code never sees it, and the workflow bundle is the same with and without.
 */
export function dataConverterOf({ temporalCodecKey }: Pick<Settings, 'temporalCodecKey'>): {
  dataConverter?: DataConverter;
} {
  if (!temporalCodecKey) return {};
  return {
    dataConverter: {
      payloadCodecs: [createCodec(codecKeys(temporalCodecKey))],
      failureConverterPath: join(projectRoot(), 'dist', 'adapters', 'temporal', 'encodedFailures.js'),
    },
  };
}
