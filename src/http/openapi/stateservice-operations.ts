/** What is said about the operations that speak StateService's protocol. */
import type { Description } from "./description.ts";

const address = { configuration: "colors", id: "wall-1" };
const counter = (name: string, target: string) => ({
  name,
  func: "increment",
  current: { key: "count", value: 0 },
  target: { name: target, when: { key: "count", value: 1 } },
});
const plain = "text/plain";

export const STATESERVICE_OPERATIONS = {
  ImportChart: {
    tag: "StateService",
    summary: "Import a chart",
    description:
      "Makes an ordinary configuration of the chart, and a machine that stands where the chart does: in its `current_state`, with the values of its counters. A chart that differs from an earlier one in nothing else reuses its configuration; another chart needs another `version`.\n\nThe body is YAML, of which JSON is a part, under any content type that YAML, plain text, JSON or cURL's `--data-binary` has. What is wrong with it is told with the line.",
    rpc: null,
    headers: { "Idempotency-Key": "optional" },
    answers: {
      201: {
        description: "The machine, and the configuration where there was none.",
        shape: "MachineAnswer",
        headers: ["Location", "ETag"],
        example: {
          id: "wall-1",
          statemachine: {
            config_id: "colors:v1",
            state: "green_state",
            labels: {},
            revision: 0,
            final: false,
            created_at: "2026-11-24T09:00:01.000Z",
            updated_at: "2026-11-24T09:00:01.000Z",
            data: { green_state: { count: 0 }, red_state: { count: 0 } },
            timers: [],
            history: [],
            history_next_page_token: "",
          },
        },
      },
    },
    reasons: ["CONFIGURATION_EXISTS", "CONFIGURATION_DEPRECATED", "MACHINE_EXISTS", "MACHINE_GONE"],
    example: {
      path: address,
      body: {
        current_state: "green_state",
        states: [counter("green_state", "red_state"), counter("red_state", "blue_state"), { name: "blue_state" }],
      },
    },
  },
  CheckCurrentState: {
    tag: "StateService",
    summary: "Ask whether a state is the current one",
    description:
      "For scripts that look only at the status; `HEAD` answers the same without a body. Machines of any configuration can be asked, not only those of charts.",
    rpc: null,
    answers: {
      200: { description: "It is; the body is its name.", contentType: plain },
      406: { description: "It is not, or there is no such state. No body." },
      500: { description: "Without a body: the parameter `state` is missing." },
    },
    reasons: ["MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address, query: { state: "green_state" } },
  },
  UpdateCurrentState: {
    tag: "StateService",
    summary: "Count the current state up",
    description:
      "Sends the machine one event `increment`, provided that `state` is its current state: the counter goes up, and where it reaches its target the state changes. Needs no body and no content type. Every call counts, unless an `Idempotency-Key` says that it is the same.",
    rpc: null,
    headers: { "Idempotency-Key": "optional" },
    answers: {
      200: { description: "It was counted up; the body is the name of the state as it was.", contentType: plain },
      500: {
        description:
          "Without a body: it is not the current state, it is an end state or a timed one, or the parameter `state` is missing.",
      },
    },
    reasons: ["CONFIGURATION_NOT_FOUND", "MACHINE_NOT_FOUND", "MACHINE_GONE", "EVENT_ID_REUSED"],
    example: { path: address, query: { state: "green_state" } },
  },
} as const satisfies Record<string, Description>;
