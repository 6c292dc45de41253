import { expect, test } from "vitest";
import { parseFile } from "../../../src/cli/documents.ts";
import { readRequest } from "../../../src/cli/kinds.ts";

function read(text: string): unknown {
  const [document] = parseFile("file.yaml", text);
  if (document === undefined) throw new Error("no document");
  return readRequest(document);
}

test.each(["starting_state", "startingState", "startingstate", "starting-state", "StartingState"])(
  "a configuration's keys are known in any spelling: %s",
  (key) => {
    const text = `kind: configuration\nspec:\n  name: a\n  ${key}: s\n  stateOptions: {S: {Schema: {TypeOf: 1}}, StartingState: {unhandled: defer}}`;
    expect(read(text)).toEqual({
      kind: "Configuration",
      body: {
        name: "a",
        starting_state: "s",
        // The names of states, and what is in a schema, are the customer's.
        state_options: { S: { schema: { TypeOf: 1 } }, StartingState: { unhandled: "defer" } },
      },
    });
  },
);

test("a key that is not known stays as it is, so that the service can name it", () => {
  expect(read("kind: Configuration\nspec: {transitions: [{Gaurd: x, FROM: a}]}")).toMatchObject({
    body: { transitions: [{ Gaurd: "x", from: "a" }] },
  });
});

test("a machine has its id and its labels beside its spec; what it went through is not sent", () => {
  const text =
    "kind: FiniteStateMachine\nid: a/b\nmetadata: {labels: {Tier: gold}}\nspec: {configId: a:v1, state: s, history: [x], data: {CamelCase: 1}}";
  expect(read(text)).toEqual({
    kind: "FiniteStateMachine",
    body: { id: "a/b", labels: { Tier: "gold" }, config_id: "a:v1", state: "s", data: { CamelCase: 1 } },
  });
});

test("an event's id is that of its event, else the document's", () => {
  const spec = (about: string) =>
    `kind: EventRequest\nid: outer\nspec: {config: a, id: m, event: {transition: {event: e}${about}}}`;
  const request = { kind: "EventRequest", configuration: "a", id: "m" };
  expect(read(spec(""))).toEqual({ ...request, body: { event: "e", event_id: "outer" } });
  expect(read(spec(", eventid: inner, originator: o, data: {Ab: 1}"))).toEqual({
    ...request,
    body: { event: "e", event_id: "inner", originator: "o", data: { Ab: 1 } },
  });
});

test.each([
  ["- a", "file.yaml:1:1: a document must be a map"],
  ["kind: EventRequest\nspec:\n  id: m\n  event: {transition: {event: e}}", "file.yaml:2:1: /spec/config is missing"],
  ["kind: Configuration\nid: x\nspec: {}", "file.yaml:2:1: a configuration has no id"],
  ["kind: [x]\nspec: {}", "file.yaml:1:1: /kind is missing, or no text"],
  ["kind: Configuration\nspec: []", "file.yaml:2:1: /spec must be a map"],
  [
    "kind: EventRequest\nspec: {config: a, id: m, event: {transition: {event: 1}}}",
    "/spec/event/transition/event is missing, or no text",
  ],
])("%j is refused with its place", (text, message) => {
  expect(() => read(text)).toThrow(message);
});
