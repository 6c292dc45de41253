/** What becomes of a configuration's message. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { sourceOf } from "../../../src/console/data/configuration-source.ts";
import { ConfigurationSchema } from "../../../src/gen/detent/v1/configuration_pb.ts";

test("a source has the names of the JSON routes, and nothing that was not uploaded", () => {
  const message = create(ConfigurationSchema, {
    name: "orders",
    version: "v3",
    startingState: "start",
    states: ["start", "done"],
    transitions: [{ from: "start", to: "done", event: "finish", assign: { by: "'x'" } }],
    stateOptions: { done: { schema: { type: "object" } } },
    retention: { final: "P30D" },
    deferFor: "PT1H",
    createdAt: timestampFromMs(1),
    deprecatedAt: timestampFromMs(2),
  });
  expect(sourceOf(message)).toEqual({
    name: "orders",
    version: "v3",
    starting_state: "start",
    states: ["start", "done"],
    transitions: [{ from: "start", to: "done", event: "finish", assign: { by: "'x'" } }],
    state_options: { done: { schema: { type: "object" } } },
    retention: { final: "P30D" },
    defer_for: "PT1H",
  });
});
