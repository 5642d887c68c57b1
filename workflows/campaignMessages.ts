import { defineSignal } from '@temporalio/workflow';

/** No further round: what is open is brought to its end. */
export const windUpSignal = defineSignal('windUp');
