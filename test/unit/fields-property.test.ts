/** An event cannot put a field on a machine that no schema and no assignment names, whatever it is called. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../src/json.ts";
import { configurations, toSource } from "./reference/configuration.ts";
import { fields, type Fields, type Value } from "./reference/formula.ts";
import { addressOf } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const RUNS = Number(process.env["DETENT_FIELDS_RUNS"] ?? 500);
const ADDRESS = addressOf("m");
const HOSTILE = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "paid",
  "",
  "data",
  "a.b",
  "\u0000",
];

const value = fc.constantFrom<Value[]>(
  true,
  1,
  "x",
  null,
  { paid: true },
  JSON.parse('{"__proto__": {"paid": true}}') as Value,
);
/** What schemas may take, and names that nothing may. */
const hostile = fc
  .tuple(fields, fc.array(fc.tuple(fc.constantFrom(...HOSTILE), value), { minLength: 1, maxLength: 4 }))
  .map(([harmless, entries]) => Object.fromEntries<Value>([...Object.entries(harmless), ...entries]));
const cases = fc.record({
  reference: configurations({
    states: ["a", "b", "c"],
    events: ["go", "stop"],
    guards: 10,
    timers: 10,
    schemas: 60,
    unhandled: [undefined, "defer", "ignore"],
  }),
  data: fc.oneof(fc.constant<Fields>({}), fields),
  sent: fc.array(fc.record({ event: fc.constantFrom("go", "stop"), data: hostile, isEvicted: fc.boolean() }), {
    minLength: 4,
    maxLength: 12,
  }),
});

test(`in ${RUNS} made-up lives of a machine no event brings a field that nothing names`, async () => {
  let [taken, brought, kept] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(cases, async ({ reference, data, sent }) => {
      const world = new World();
      const create = {
        version: "v1",
        source: JSON.stringify(toSource(reference)),
        data: canonicalJson(data),
        labels: "{}",
      };
      if (!(await world.clock.until(world.create(ADDRESS, create))).ok) return;
      const allowed = new Set(Object.keys(data));
      for (const { assign } of reference.transitions) for (const [field] of assign) allowed.add(field);
      for (const [index, { event, data: eventData, isEvicted }] of sent.entries()) {
        const call = {
          eventId: `e${index}`,
          event,
          data: canonicalJson(eventData),
          details: "",
          originator: "",
          actor: "",
        };
        world.send(ADDRESS, call);
        // What is held in memory and what is stored must be the same.
        if (isEvicted) world.evict(ADDRESS);
        const reply = world.machine(ADDRESS).read(ADDRESS);
        if (!reply.ok) throw new Error(reply.reason);
        // Only of states that were entered by an event.
        for (const { to } of reply.value.history) {
          for (const [field] of reference.stateSchemas.get(to)?.properties ?? []) allowed.add(field);
        }
        if (reply.value.history.at(-1)?.eventId === call.eventId) taken += 1;
        const present = Object.keys(JSON.parse(reply.value.data) as object);
        for (const field of present) {
          if (!allowed.has(field)) throw new Error(`${JSON.stringify(field)} came from nowhere`);
          if (Object.hasOwn(data, field)) kept += 1;
          else brought += 1;
        }
      }
    }),
    { numRuns: RUNS },
  );
  // Nothing has come in through a prototype either.
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Reflect.get({}, "paid")).toBeUndefined();
  expect(Math.min(taken, brought, kept)).toBeGreaterThan(RUNS / 2);
});
