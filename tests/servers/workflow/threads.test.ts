import { idleUser, type Lab, startLab } from '../../support/trading.js';

describe('the threads in which workflows run', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, 120_000);
  afterAll(() => lab?.close(), 60_000);

  test('keep no stack of what a workflow waits for, which would double what it costs', async () => {
    const user = await idleUser(lab, 3600);
    const handle = lab.client.workflow.getHandle(`trading-${user.id}`);
    await expect(handle.query('__stack_trace')).rejects.toThrow('stack traces are not enabled');
  });
});
