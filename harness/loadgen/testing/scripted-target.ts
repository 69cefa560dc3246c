import type { FakeClock } from '../fake-clock.ts';
import type { CompletionSink, IssuedQueries, LoadTarget } from '../load-target.ts';

/** One query as a device got it. */
export interface ScriptedQuery {
  readonly queryId: number;
  /** How many came before it. */
  readonly index: number;
  readonly samples: readonly number[];
}

/** What a device works with. */
export interface ScriptTools {
  readonly clock: FakeClock;
  readonly sink: CompletionSink;
  /** Does something after so many milliseconds of the clock. */
  readonly after: (durationMs: number, then: () => void) => void;
}

/** What a device does with a query; it may throw. */
export type Script = (query: ScriptedQuery, tools: ScriptTools) => void;

/** A device of a script, for tests. */
export interface ScriptedTarget extends LoadTarget {
  /** Every query taken, in order. */
  readonly queries: readonly ScriptedQuery[];
}

/** How a device takes queries. */
export interface TakeOptions {
  /** How many of those offered it takes now; default all. */
  readonly takes?: (offeredCount: number, takenCount: number) => number;
}

/** A device on the fake clock that follows a script. */
export function scriptedTarget(
  clock: FakeClock,
  script: Script,
  { takes }: TakeOptions = {},
): ScriptedTarget {
  const queries: ScriptedQuery[] = [];
  let sink: CompletionSink | undefined;
  const after = (durationMs: number, then: () => void): void => {
    const wait = async (): Promise<void> => {
      await clock.sleep(durationMs);
      then();
    };
    void wait();
  };
  const take = (offered: IssuedQueries, index: number): void => {
    if (sink === undefined) throw new Error('nothing was connected');
    const samplesPerQuery = offered.samples.length / offered.queryCount;
    const query = {
      queryId: offered.firstQueryId + index,
      index: queries.length,
      samples: [
        ...offered.samples.subarray(index * samplesPerQuery, (index + 1) * samplesPerQuery),
      ],
    };
    queries.push(query);
    script(query, { clock, sink, after });
  };
  return {
    queries,
    connect: (connected) => {
      sink = connected;
    },
    issue: (offered) => {
      const takenCount = takes?.(offered.queryCount, queries.length) ?? offered.queryCount;
      for (let index = 0; index < Math.min(takenCount, offered.queryCount); index += 1)
        take(offered, index);
      return takenCount;
    },
  };
}
