/** What the pool sends to a worker: which export of which module to call, with what. */
export interface PoolTask {
  readonly moduleUrl: string;
  readonly exportName: string;
  readonly argument: unknown;
}

/**
 * Runs one task: imports the module by its URL and calls the named export with the argument. Node keeps the module,
 * so a second task of the same kind pays no import.
 *
 * @throws Error when the module has no such function · whatever the function throws
 */
export async function runPoolTask(task: PoolTask): Promise<unknown> {
  const loaded: unknown = await import(task.moduleUrl);
  const exported: unknown =
    typeof loaded === 'object' && loaded !== null
      ? Reflect.get(loaded, task.exportName)
      : undefined;
  if (typeof exported !== 'function') {
    throw new TypeError(`${task.moduleUrl} exports no function '${task.exportName}'`);
  }
  const result: unknown = await Reflect.apply(exported, undefined, [task.argument]);
  return result;
}
