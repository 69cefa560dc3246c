import { Type } from 'typebox';

const IdSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$' });

/** How many rows a list holds at most. */
export const LimitSchema = Type.Integer({ minimum: 1, maximum: 1000, default: 100 });

/** Rows of a list when the client names no number. */
export const defaultLimit = 100;

/** The address of one job. */
export const JobAddressSchema = Type.Object({ jobId: IdSchema });

/** The address of one run. */
export const RunAddressSchema = Type.Object({ runId: IdSchema });
