/** What is said about the operations that draw. */
import type { Description } from "./description.ts";

const rpc = "detent.v1.ConfigurationService/GetDiagram";
const svg = "image/svg+xml";
const mermaid = "application/vnd.mermaid";
const config = { config_id: "orders:v1" };
const address = { configuration: "orders", id: "order-1" };

export const DIAGRAM_OPERATIONS = {
  GetConfigurationSvg: {
    tag: "Configurations",
    summary: "Draw a configuration",
    description:
      "A picture, light or dark as its reader has it, that loads nothing. `*` is drawn for every state that it stands for, or once as *any state* where that would be too many arrows.",
    rpc,
    answers: { 200: { description: "The picture.", contentType: svg } },
    reasons: ["CONFIGURATION_NOT_FOUND"],
    example: { path: config },
  },
  GetConfigurationMermaid: {
    tag: "Configurations",
    summary: "Draw a configuration as text for Mermaid",
    description: "A `stateDiagram-v2`, as `mermaid` of a check has it.",
    rpc,
    answers: { 200: { description: "The text.", contentType: mermaid } },
    reasons: ["CONFIGURATION_NOT_FOUND"],
    example: { path: config },
  },
  GetMachineSvg: {
    tag: "Machines",
    summary: "Draw a machine",
    description:
      "Its configuration with its current state, the states it has been in and the transitions it has taken in its newest 1,000 changes.",
    rpc,
    headers: { "If-None-Match": "optional" },
    answers: {
      200: { description: "The picture.", contentType: svg, headers: ["ETag"] },
      304: { description: "The machine has the revision that `If-None-Match` names.", headers: ["ETag"] },
    },
    reasons: ["MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address },
  },
  GetMachineMermaid: {
    tag: "Machines",
    summary: "Draw a machine as text for Mermaid",
    description: "The same as a `stateDiagram-v2`: its states have styles, and events that were taken a check mark.",
    rpc,
    headers: { "If-None-Match": "optional" },
    answers: {
      200: { description: "The text.", contentType: mermaid, headers: ["ETag"] },
      304: { description: "The machine has the revision that `If-None-Match` names.", headers: ["ETag"] },
    },
    reasons: ["MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address },
  },
} as const satisfies Record<string, Description>;
