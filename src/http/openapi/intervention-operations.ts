/** What is said about the operations that are done by hand. */
import type { Description } from "./description.ts";

const address = { configuration: "orders", id: "order-2" };

export const INTERVENTION_OPERATIONS = {
  OverrideMachine: {
    tag: "Interventions",
    summary: "Put a machine into a state",
    description:
      "Whatever its transitions say, and with other data if that is given: for a machine that events cannot bring back. It is a change like any other, with a revision and a row of history that carries the comment.",
    rpc: "detent.v1.MachineService/OverrideMachine",
    headers: { "If-Match": "required" },
    answers: {
      200: {
        description: "The machine as it is now.",
        shape: "MachineAnswer",
        headers: ["ETag"],
        example: {
          id: "order-2",
          statemachine: {
            config_id: "orders:v1",
            state: "cancelled",
            data: {},
            labels: {},
            revision: 2,
            final: true,
            created_at: "2026-11-24T09:00:03.000Z",
            updated_at: "2026-11-24T11:00:00.000Z",
            timers: [],
            history: [],
            history_next_page_token: "",
          },
        },
      },
    },
    reasons: ["REVISION_MISMATCH", "MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: {
      path: address,
      headers: { "If-Match": '"1"' },
      body: { state: "cancelled", comment: "The customer has called." },
    },
  },
  MigrateMachine: {
    tag: "Interventions",
    summary: "Migrate a machine to another version",
    description:
      "From now on it lives by another version of its configuration, a deprecated one too. Its state keeps its name unless `state_map` says otherwise; it is not entered anew, so its timers are those of the new version, counted from when the state was entered. Data stays as it is and must match the schema of the state there. Where the state has no place in that version or the data does not fit, nothing changes: `MIGRATION_REJECTED`.\n\nIt is a change like any other, with a revision and a row of history; events that were deferred are tried again after it. A machine that has the version already is answered as it is.\n\nWith `dry_run=true` the answer is the same and nothing is changed.",
    rpc: "detent.v1.MachineService/MigrateMachine",
    headers: { "If-Match": "optional" },
    answers: {
      200: {
        description: "The machine as it is now. There is no `ETag` on a dry run.",
        shape: "MigratedMachine",
        headers: ["ETag"],
        example: {
          id: "order-2",
          statemachine: {
            config_id: "orders:v1",
            state: "cancelled",
            data: {},
            labels: {},
            revision: 2,
            final: true,
            created_at: "2026-11-24T09:00:03.000Z",
            updated_at: "2026-11-24T11:00:00.000Z",
            timers: [],
            history: [],
            history_next_page_token: "",
          },
        },
      },
    },
    reasons: [
      "MIGRATION_REJECTED",
      "REVISION_MISMATCH",
      "CONFIGURATION_NOT_FOUND",
      "MACHINE_NOT_FOUND",
      "MACHINE_GONE",
    ],
    example: {
      path: address,
      headers: { "If-Match": '"2"' },
      body: { to: "v1", state_map: { pending: "start" } },
    },
  },
  DeleteMachine: {
    tag: "Interventions",
    summary: "Delete a machine",
    description:
      "Ends the machine and its history. Its id answers `MACHINE_GONE` for 30 days; then it is free, and a machine made with it begins at revision 0.",
    rpc: "detent.v1.MachineService/DeleteMachine",
    headers: { "If-Match": "optional" },
    answers: { 204: { description: "Deleted." } },
    reasons: ["REVISION_MISMATCH", "MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address },
  },
  DeprecateConfiguration: {
    tag: "Interventions",
    summary: "Deprecate a configuration",
    description:
      "From now on it takes no new machines (`CONFIGURATION_DEPRECATED`); those it has go on. Again it changes nothing.",
    rpc: "detent.v1.ConfigurationService/DeprecateConfiguration",
    answers: { 204: { description: "Deprecated." } },
    reasons: ["CONFIGURATION_NOT_FOUND"],
    example: { path: { config_id: "orders:v1" } },
  },
} as const satisfies Record<string, Description>;
