import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';

import { expect, it } from 'vitest';

it('raises one thread alone, or leaves it as it is where it may not', async () => {
  const module = JSON.stringify(new URL('raise-thread-priority.ts', import.meta.url).href);
  const code = `import { parentPort } from 'node:worker_threads';
    import { raiseThreadPriority } from ${module};
    parentPort.postMessage(raiseThreadPriority());`;
  const before = getPriority();
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const nice = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  expect([before, -10]).toContain(nice);
  expect(getPriority()).toBe(before);
});
