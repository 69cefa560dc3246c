import { Type } from 'typebox';

import { AuditIdSchema } from '#harness/contracts/records/audit-record.ts';
import { JobRequestSchema } from '#harness/contracts/records/job-record.ts';

import { DeployRecipeShape } from './deploy-shape.ts';

const Id = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
  description: 'lower-case letters, digits and -, at most 40',
});
const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Command = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

/** The shape of lab.config.ts. Drivers are values with functions; their own schemas check their entries. */
export const LabConfigShape = Type.Object(
  {
    lab: Type.Object(
      { id: Id, name: Type.String({ minLength: 1 }), place: Type.String({ minLength: 1 }) },
      closed,
    ),
    stations: Type.Array(Type.Object({ id: Id, name: Type.String({ minLength: 1 }) }, closed), {
      minItems: 1,
    }),
    boards: Type.Array(
      Type.Object(
        {
          id: Id,
          name: Type.String({ minLength: 1 }),
          maker: Type.String({ minLength: 1 }),
          stationId: Id,
          driver: Type.Unknown(),
          config: Type.Unknown(),
          powerMeterId: Type.Optional(Id),
          deploy: Type.Optional(DeployRecipeShape),
          identity: Type.Optional(
            Type.Object(
              {
                usbPath: Type.Optional(Text),
                usbSerial: Type.Optional(Text),
                chipId: Type.Optional(Text),
              },
              closed,
            ),
          ),
          recovery: Type.Optional(
            Type.Object(
              {
                powerSwitchIds: Type.Optional(Type.Array(Id)),
                redeploy: Type.Optional(Type.Boolean()),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    instruments: Type.Array(
      Type.Object(
        { id: Id, stationId: Id, driver: Type.Unknown(), config: Type.Unknown() },
        closed,
      ),
    ),
    powerSwitches: Type.Optional(
      Type.Array(Type.Object({ id: Id, driver: Type.Unknown(), config: Type.Unknown() }, closed)),
    ),
    suites: Type.Array(Type.Object({ id: Id }), { minItems: 1 }),
    simulators: Type.Optional(Type.Array(Type.Object({ id: Id, command: Command }, closed))),
    audits: Type.Optional(Type.Array(Type.Object({ id: AuditIdSchema }))),
    plan: Type.Optional(Type.Array(JobRequestSchema)),
    server: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(Type.String({ minLength: 1 })),
          port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
        },
        closed,
      ),
    ),
    stateDir: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);
