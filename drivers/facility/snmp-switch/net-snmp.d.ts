/** The part of the package `net-snmp` that is used here; it has no types of its own. */
declare module 'net-snmp' {
  export interface Varbind {
    readonly oid: string;
    readonly type: number;
    readonly value: unknown;
  }

  type Answer = (error: Error | null, varbinds?: readonly Varbind[]) => void;

  export interface Session {
    get: (oids: readonly string[], answer: Answer) => void;
    set: (varbinds: readonly Varbind[], answer: Answer) => void;
    on: (event: 'error', listener: (error: Error) => void) => void;
    close: () => void;
  }

  const snmp: {
    readonly ObjectType: { readonly Integer: number };
    readonly Version1: number;
    readonly Version2c: number;
    readonly createSession: (
      host: string,
      community: string,
      options: {
        readonly port: number;
        readonly version: number;
        // The package's own name; milliseconds.
        // oxlint-disable-next-line lab/unit-suffix
        readonly timeout: number;
        readonly retries: number;
      },
    ) => Session;
    readonly isVarbindError: (varbind: Varbind) => boolean;
    readonly varbindError: (varbind: Varbind) => string;
  };
  export default snmp;
}
