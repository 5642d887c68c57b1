/**
 * `node warm.js worker` (or `api`): loads the program's modules while the servers it needs are still starting, and runs
 * it when the launcher says where they are. Loading is most of what such a process does until it is ready.
 */
const name = process.argv[2];
if (name !== 'worker' && name !== 'api') {
  console.error('warm: name the program: worker or api');
  process.exit(2);
}

const told = new Promise<Record<string, string>>((resolve) => {
  process.once('message', (message) => resolve((message as { go: Record<string, string> }).go));
});
process.once('disconnect', gone);
function gone(): void {
  process.exit(0);
}

if (name === 'worker') await Promise.all([import('../worker/dependencies.js'), import('../worker/workers.js')]);
else await Promise.all([import('../api/server.js'), import('../api/firstStart.js')]);

Object.assign(process.env, await told);
process.off('disconnect', gone);
// The program is called without arguments, as it is on its own.
process.argv.splice(2);
await import(name === 'worker' ? '../worker/main.js' : '../api/main.js');

export {};
