/** Events as senders write them: by the rules and by the engine of a real machine, and through the JSON door. */
import * as fc from "fast-check";
import { parseJson } from "../../../src/body.ts";
import { compileConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { JsonObject } from "../../../src/engine/json.ts";
import { step } from "../../../src/engine/step.ts";
import { instant } from "../../../src/http/route.ts";
import { SHAPES } from "../../../src/http/shapes.ts";
import { checkEvent } from "../../../src/service/event-input.ts";
import { parseShape } from "../../../src/shape.ts";
import { askJson } from "./doors.ts";
import { MACHINES, nextHouse, PRINCIPAL } from "./house.ts";
import { editJson } from "./json-tree.ts";
import { edits, editText, fewEdits, HOSTILE_TEXTS } from "./mutations.ts";
import { ORDERS } from "./samples.ts";
import { ACCEPTED, fuzz, refuseBugs, refuseNaN } from "./target.ts";

const NOW = 1_790_000_000_000;
const compiled = compileConfiguration(ORDERS);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
const { configuration } = compiled;

const CREATION = {
  version: "v1",
  state: "pending",
  data: { amount: 5, lines: [{ sku: "AB12" }] },
  labels: { region: "eu" },
};
const SAMPLES: readonly object[] = [
  { event: "accept" },
  { event: "accept", event_id: "e-1", details: "some", originator: "me", timestamp: "2026-11-24T09:30:00.5+01:00" },
  { event: "accept", data: { amount: 12.5, notes: "é", lines: [{ sku: "AB12" }] } },
  { event: "pay", data: { amount: 3, to: "0af76519-16cd-43dd-8448-eb211c80319c" }, details: "gift" },
  { event: "pay", data: { amount: 20.25, nested: { a: [1, [2, { b: null }]], __proto__x: 1 } } },
  { event: "ship", data: { items: ["a", "b", { c: 1 }] } },
  { event: "cancel", expected_state: "pending", expected_revision: 1 },
  { event: "again", data: { big: "x".repeat(1_000), list: Array.from({ length: 30 }, (_, index) => index) } },
  { event: "expire" },
  { event: "accept", create_if_missing: CREATION, event_id: "e-2" },
];

const bodies = fc
  .record({ sample: fc.constantFrom(...SAMPLES), inTree: edits, inText: fewEdits })
  .map(({ sample, inTree, inText }) => editText(editJson(sample, inTree), inText));

interface Sent {
  readonly body: string;
  readonly state: string;
}

fuzz<Sent>({
  name: "the body of an event is checked and stepped, or refused",
  inputs: fc.record({ body: bodies, state: fc.constantFrom(...(ORDERS.states ?? [])) }),
  describe: (sent) => JSON.stringify(sent),
  accepted: 0.08,
  reasons: 15,
  feed: async ({ body, state }) => {
    const { house } = await nextHouse();
    const read = parseShape(SHAPES.event, parseJson(body), "the body");
    const { event_id: eventId, timestamp, create_if_missing: createIfMissing, ...event } = read;
    const input = {
      ...event,
      configuration: "orders",
      id: "1",
      eventId,
      timestamp: instant(timestamp),
      createIfMissing,
    };
    const { call } = checkEvent(house, PRINCIPAL, input);
    refuseNaN(call);
    const sent = {
      id: call.eventId,
      name: call.event,
      data: JSON.parse(call.data) as JsonObject,
      details: call.details,
      originator: call.originator,
      timestamp: call.timestamp ?? NOW,
    };
    const stepped = step(configuration, { state, revision: 4, data: { amount: 5, notes: ["n"] } }, sent, NOW);
    refuseNaN(stepped);
    if (stepped.kind !== "refused") return stepped.kind === "transitioned" ? ACCEPTED : stepped.kind;
    for (const { message } of [stepped, ...stepped.violations]) refuseBugs(message);
    return stepped.violations.length === 0 ? stepped.reason : `${stepped.reason} ${stepped.violations[0]?.rule}`;
  },
});

interface Posted {
  readonly body: string;
  readonly configuration: string;
  readonly id: string;
  readonly query: string;
  readonly headers: Record<string, string>;
}

const seldom = <T>(usual: readonly T[], other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: other });

/** What `fetch` takes: a header of anything else never leaves the caller. */
const headerText = fc
  .constantFrom(...HOSTILE_TEXTS, '"3"', 'W/"1"', "*", '"-1"', '"1e3"', '"99999999999"', "respond-async, wait=1")
  .map((text) => text.replaceAll(/[^\u0020-\u00ff]/g, "?").trim());

const posted: fc.Arbitrary<Posted> = fc.record({
  body: bodies,
  configuration: seldom(["orders"], fc.constantFrom("nothing", ...HOSTILE_TEXTS)),
  id: seldom(MACHINES, fc.constantFrom("new", ...HOSTILE_TEXTS)),
  query: seldom(
    ["", "", "", "?dry_run=true"],
    fc.constantFrom("?dry_run=", "?dry_run=1", "?__proto__=1", "?a=1&a=2", "?%ff", "?dry_run=true&dry_run=true"),
  ),
  headers: fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(
        fc.constantFrom("content-type", "if-match", "idempotency-key", "prefer", "content-encoding"),
        fc.oneof(
          headerText,
          fc.constantFrom("application/json; charset=utf-16", "text/plain", "gzip", "respond-async"),
        ),
        { maxKeys: 2, noNullPrototype: true },
      ),
    },
  ),
});

fuzz<Posted>({
  name: "POST of an event is answered with a receipt or a problem",
  share: 0.5,
  inputs: posted,
  describe: (request) => JSON.stringify(request),
  accepted: 0.08,
  reasons: 25,
  feed: async ({ body, configuration: name, id, query, headers }) => {
    const path = [name, id].map((part) => encodeURIComponent(part.toWellFormed())).join("/");
    const { outcome } = await askJson(`/api/v1/statemachines/${path}/events${query}`, {
      method: "POST",
      body,
      headers,
    });
    return outcome;
  },
});
