/** What is said about the operations on configurations. */
import type { Description } from "./description.ts";

const source = {
  name: "orders",
  version: "v1",
  starting_state: "start",
  states: ["start", "pending", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship" },
    { from: "pending", to: "cancelled", event: "cancel" },
  ],
};
const stored = { ...source, created_at: "2026-11-24T09:00:00.000Z" };

export const CONFIGURATION_OPERATIONS = {
  CreateConfiguration: {
    tag: "Configurations",
    summary: "Upload a configuration",
    description:
      "Stores a configuration for good. The same `name:version` again is refused, and `metadata.identical` says whether it was the same content.\n\nA configuration with errors is not stored: each is an entry of `errors` whose `rule` is one of the codes in docs/configurations.md. Warnings do not hinder it.",
    rpc: "detent.v1.ConfigurationService/CreateConfiguration",
    answers: {
      201: {
        description: "Stored.",
        shape: "CreatedConfiguration",
        headers: ["Location"],
        example: { ...stored, warnings: [] },
      },
    },
    reasons: ["CONFIGURATION_EXISTS"],
    example: { body: source },
  },
  ListConfigurations: {
    tag: "Configurations",
    summary: "List configurations",
    description: "Names in order, each with its versions, newest first.",
    rpc: "detent.v1.ConfigurationService/ListConfigurations",
    answers: {
      200: {
        description: "A page of names.",
        shape: "ConfigurationList",
        example: { configurations: [{ name: "orders", versions: ["v1"], deprecated: [] }], next_page_token: "" },
      },
    },
    reasons: [],
    example: { query: { configuration: "orders" } },
  },
  CheckConfiguration: {
    tag: "Configurations",
    summary: "Check a configuration",
    description: "Tells what an upload would find, and draws the configuration when it is valid. Stores nothing.",
    rpc: "detent.v1.ConfigurationService/CheckConfiguration",
    answers: {
      200: {
        description: "What was found: errors first, then warnings.",
        shape: "CheckedConfiguration",
        example: {
          valid: false,
          findings: [
            {
              severity: "error",
              code: "starting_state_unknown",
              pointer: "/starting_state",
              message: 'The starting state "begin" is not one of the states.',
            },
          ],
          mermaid: "",
        },
      },
    },
    reasons: [],
    example: { body: { ...source, version: "v2", starting_state: "begin" } },
  },
  SimulateConfiguration: {
    tag: "Configurations",
    summary: "Try out a configuration",
    description:
      "Tells what events would do to a new machine, one after the other, with the decisions of a real one. The configuration is given in full, or as the `config_id` of a stored one. Stores nothing; the receipts name the machine `simulation`.",
    rpc: "detent.v1.ConfigurationService/SimulateConfiguration",
    answers: {
      200: {
        description: "A receipt for each event.",
        shape: "Simulation",
        example: {
          steps: [
            {
              event_id: "e-1",
              event: "accept",
              config_id: "orders:v1",
              machine: { configuration: "orders", id: "simulation" },
              result: "transitioned",
              code: "Ok",
              from: "start",
              to: "pending",
              revision: 1,
              at: "2026-11-24T09:00:00.500Z",
              originator: "",
              actor: "anonymous",
              duplicate: false,
              details: "",
              data: {},
            },
          ],
        },
      },
    },
    reasons: ["CONFIGURATION_NOT_FOUND", "EVENT_ID_REUSED"],
    example: { body: { config_id: "orders:v1", events: [{ event: "accept", event_id: "e-1" }] } },
  },
  GetConfiguration: {
    tag: "Configurations",
    summary: "Get a configuration",
    description: "The configuration as it was uploaded, with name and version filled in.",
    rpc: "detent.v1.ConfigurationService/GetConfiguration",
    answers: { 200: { description: "The configuration.", shape: "Configuration", example: stored } },
    reasons: ["CONFIGURATION_NOT_FOUND"],
    example: { path: { config_id: "orders:v1" } },
  },
} as const satisfies Record<string, Description>;
