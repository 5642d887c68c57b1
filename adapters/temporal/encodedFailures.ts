/** Moves a failure's message and stack into a payload, which the codec then encrypts. Loaded by its path (converter.ts). */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
