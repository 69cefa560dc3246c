import process from 'node:process';

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends the process the hard way, as without us. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (): void => {
    for (const name of names) process.off(name, stop);
    controller.abort(new DOMException('stopped by a signal', 'AbortError'));
  };
  for (const name of names) process.on(name, stop);
  return controller.signal;
}
