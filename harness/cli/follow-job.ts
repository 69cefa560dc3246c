import { hasCode } from '#harness/contracts/error-catalogue.ts';
import type { Job, RunSummary } from '#harness/contracts/records/job-record.ts';
import type { RunEvent } from '#harness/contracts/run-event.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import type { DaemonClient, StreamedEvent } from './daemon-client.ts';

const reconnectCountMax = 20;
const reconnectPauseMs = 500;

/** What to tell while a job goes on. */
export interface JobFollower {
  /** Where the job's run stands already when the connection opens. */
  readonly onRun: (run: RunSummary) => void;
  readonly onRunEvent: (runId: string, boardId: string, event: RunEvent) => void;
  readonly onReconnect: () => void;
}

/** One job as its events show it. */
class FollowedJob {
  private readonly runIds = new Set<string>();
  private readonly client: DaemonClient;
  private readonly jobId: string;
  private readonly follower: JobFollower;

  constructor(client: DaemonClient, jobId: string, follower: JobFollower) {
    this.client = client;
    this.jobId = jobId;
    this.follower = follower;
  }

  /** The job once it has ended. */
  async take(streamed: StreamedEvent): Promise<Job | undefined> {
    if (streamed.type !== 'event') return this.look();
    const { event } = streamed;
    switch (event.type) {
      case 'job':
        return event.job.jobId === this.jobId ? this.ended(event.job) : undefined;
      case 'run':
        if (event.run.jobId === this.jobId) this.runIds.add(event.run.runId);
        return undefined;
      case 'run-event':
        if (!this.runIds.has(event.runId)) return undefined;
        this.follower.onRunEvent(event.runId, event.boardId, event.event);
        return undefined;
    }
  }

  /** Reads what the events before this connection would have told. */
  private async look(): Promise<Job | undefined> {
    const job = await this.client.job(this.jobId);
    const runId = job.state === 'active' ? job.runIds.at(-1) : undefined;
    if (runId !== undefined) this.follower.onRun(await this.client.run(runId));
    return this.ended(job);
  }

  private ended(job: Job): Job | undefined {
    for (const runId of job.runIds) this.runIds.add(runId);
    return job.state === 'done' || job.state === 'cancelled' ? job : undefined;
  }
}

/**
 * Waits until a job has ended, over as many connections as it takes: a daemon that restarts is waited for 10 s.
 *
 * @throws LabError daemon/unreachable when it does not come back; the signal's reason
 */
export async function followJob(
  { client, jobId, clock }: { client: DaemonClient; jobId: string; clock: Clock },
  follower: JobFollower,
  signal: AbortSignal,
): Promise<Job> {
  const followed = new FollowedJob(client, jobId, follower);
  let lastEventId: string | undefined;
  let failureCount = 0;
  for (;;) {
    try {
      for await (const streamed of client.events(lastEventId, signal)) {
        failureCount = 0;
        if (streamed.type !== 'open') lastEventId = streamed.id;
        const job = await followed.take(streamed);
        if (job !== undefined) return job;
      }
    } catch (thrown) {
      if (!hasCode(thrown, 'daemon/unreachable') || failureCount >= reconnectCountMax) throw thrown;
    }
    failureCount += 1;
    if (failureCount === 1) follower.onReconnect();
    await clock.sleep(reconnectPauseMs, signal);
  }
}
