/** How soon a user has mail of a stop that the exchange executed. */
import { buildWorkflowsOnce } from '../../commands/campaign/build.js';
import { measureStops } from '../orders/stops.js';

export async function run(): Promise<object> {
  await buildWorkflowsOnce();
  return measureStops();
}
