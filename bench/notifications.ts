/** What telling users costs trading, and how soon they know of a stop. */
import { measureHanging } from './notifications/hanging.js';
import { measureStops } from './orders/stops.js';

export async function run(): Promise<object> {
  const hanging = await measureHanging();
  console.log(JSON.stringify(hanging));
  return { hanging, stops: await measureStops() };
}
