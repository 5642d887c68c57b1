/**
 * Loaded into each thread in which workflows run, before the SDK is. The SDK keeps the stack of every promise that a
 * workflow waits for, to show it in the Web UI's "Stack Trace": half of what a workflow costs. Where a version of the SDK
 * has no such class, nothing is changed.
 */
import { createRequire } from 'node:module';

interface Hooks {
  GlobalHandlers?: { prototype: { setPromiseHook?: () => void } };
}

const { GlobalHandlers } = createRequire(import.meta.url)('@temporalio/worker/lib/workflow/vm-shared.js') as Hooks;
if (GlobalHandlers?.prototype.setPromiseHook) GlobalHandlers.prototype.setPromiseHook = () => undefined;
