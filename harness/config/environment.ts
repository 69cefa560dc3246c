import process from 'node:process';

/** The environment variables that Assay knows; read here and nowhere else. */
export interface Environment {
  /** ASSAY_STATE_DIR: another place for everything that lasts, instead of `stateDir` of lab.config.ts. */
  readonly stateDir: string | undefined;
  /** ASSAY_URL: the daemon that the command line talks to. */
  readonly daemonUrl: string | undefined;
}

const present = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text;

/** Reads the environment of this process. */
export function readEnvironment(): Environment {
  // oxlint-disable-next-line no-restricted-properties -- the one place that reads it
  const { ASSAY_STATE_DIR, ASSAY_URL } = process.env;
  return { stateDir: present(ASSAY_STATE_DIR), daemonUrl: present(ASSAY_URL) };
}

/** The environment of a program that is started for the lab: this process's own, and what is added to it. */
export function childEnvironment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // oxlint-disable-next-line no-restricted-properties -- the one place that reads it
  return { ...process.env, ...added };
}
