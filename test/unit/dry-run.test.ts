/**
 * A dry run is the answer that the event would get, in every case that can be made up, and leaves no trace. A simulation
 * answers what a machine would.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CreateCall, SendCall, SendReply } from "../../src/machine/calls.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { sendEvent } from "../../src/service/events.ts";
import { simulateConfiguration } from "../../src/service/simulate.ts";
import { canonicalJson } from "../../src/json.ts";
import { configurations, toSource } from "./reference/configuration.ts";
import { fields, type Value } from "./reference/formula.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, LOOP } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const STATES = ["a", "b", "c"];
const EVENTS = ["go", "back", "end"];
const MINUTE_MS = 60_000;

const configuration = configurations({
  states: STATES,
  events: EVENTS,
  guards: 30,
  timers: 25,
  schemas: 25,
  unhandled: [undefined, "reject", "ignore", "defer"],
});

/** Seldom, so that most events are decided. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const call: fc.Arbitrary<SendCall> = fc
  .record({
    eventId: fc.integer({ min: 1, max: 60 }).map((number) => `e${number}`),
    event: fc.constantFrom(...EVENTS, ...EVENTS, "unknown"),
    data: fc.oneof({ weight: 1, arbitrary: fc.constant("{}") }, { weight: 2, arbitrary: fields.map(canonicalJson) }),
    details: seldom(fc.constant("d")),
    expectedState: seldom(fc.constantFrom(...STATES)),
    expectedRevision: seldom(fc.integer({ min: 0, max: 3 })),
    mayCreate: fc.boolean(),
    created: fields.map(canonicalJson),
    state: seldom(fc.constantFrom(...STATES, "nowhere")),
  })
  .map(({ mayCreate, created, state, expectedState, expectedRevision, details = "", ...rest }) => ({
    ...rest,
    details,
    originator: "",
    actor: "test",
    ...(expectedState !== undefined && { expectedState }),
    ...(expectedRevision !== undefined && { expectedRevision }),
    ...(mayCreate && {
      create: { version: "v1", source: "", data: created, labels: "{}", ...(state !== undefined && { state }) },
    }),
  }));

/** Before an event time passes; late, so that nothing which was due has been done yet. */
const timedCall = fc.record({
  minutes: fc.constantFrom(0, 0, 0, 10, 90),
  isLate: fc.boolean(),
  /** One of the calls before, once more. */
  again: seldom(fc.nat()),
  asked: call,
});

/** Whether anything was written of the machine, and what is to come of it. */
function traceOf(world: World) {
  const storage = world.storageOf(ADDRESS);
  const written = [
    storage.prepare("SELECT total_changes() AS rows").get(),
    storage.prepare("PRAGMA schema_version").get(),
  ];
  const left = [world.feed.length, world.notifications.length];
  return JSON.stringify([written, world.alarmOf(ADDRESS), left]);
}

/** The clock stands still meanwhile. */
const replyOf = async (world: World, sent: SendReply | Promise<SendReply>): Promise<SendReply> =>
  await world.clock.until(Promise.resolve(sent));

test(
  "in 10,000 cases a dry run is answered as the event then is, and leaves no trace",
  { timeout: 180_000 },
  async () => {
    let cases = 0;
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        configuration,
        fc.array(timedCall, { minLength: 18, maxLength: 28 }),
        async (reference, calls) => {
          const world = new World();
          // Whether somebody is told of an event is nothing to its answer.
          world.notificationsPerMinute = 1;
          const machine = world.machine(ADDRESS);
          const text = JSON.stringify(toSource(reference));
          for (const [index, { minutes, isLate, again, asked: drawn }] of calls.entries()) {
            const { create, ...rest } = (again === undefined ? undefined : calls[again % (index + 1)]?.asked) ?? drawn;
            const until = world.clock.now + minutes * MINUTE_MS;
            if (isLate) world.clock.now = until;
            else await world.clock.run(until);
            const asked: SendCall = create === undefined ? rest : { ...rest, create: { ...create, source: text } };
            const before = traceOf(world);
            const dry = machine.send(ADDRESS, { ...asked, isDryRun: true });
            const answered = dry instanceof Promise ? await dry : dry;
            expect(traceOf(world)).toBe(before);
            // Creation waits for the index, and time goes on: what it was decided at is the time at which it was asked.
            const real = await replyOf(world, machine.send(ADDRESS, asked));
            expect(answered).toEqual(real);
            cases += 1;
            const kind = real.ok ? `${real.value.result}${real.value.duplicate ? " again" : ""}` : real.reason;
            const name = `${kind}${real.ok && real.value.created ? " created" : ""}${real.isUnrecorded ? " unrecorded" : ""}`;
            seen.set(name, (seen.get(name) ?? 0) + 1);
            if (!real.ok || real.value.reason === undefined) continue;
            seen.set(real.value.reason, (seen.get(real.value.reason) ?? 0) + 1);
          }
        },
      ),
      { numRuns: 450 },
    );
    expect(cases).toBeGreaterThanOrEqual(10_000);
    expect(seen.get("refused") ?? 0).toBeGreaterThan(1_000);
    // Every way in which an event can end was among them.
    for (const kind of [
      "transitioned",
      "transitioned again",
      "transitioned created",
      "transitioned again created",
      "refused",
      "refused again",
      "refused unrecorded",
      "ignored",
      "deferred",
      "deferred created",
      "UNKNOWN_EVENT",
      "NO_TRANSITION",
      "GUARD_REJECTED",
      "ASSIGN_REJECTED",
      "SCHEMA_REJECTED",
      "REVISION_MISMATCH",
      "STATE_MISMATCH",
      "EVENT_ID_REUSED",
      "MACHINE_NOT_FOUND",
      "INVALID_ARGUMENT",
    ])
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(10);
  },
);

test("a dry run sees that an id is free again, and leaves the machine that had it where it is", async () => {
  const world = new World();
  const machine = world.machine(ADDRESS);
  const create = { version: "v1", source: JSON.stringify(LOOP), data: "{}", labels: "{}" };
  const asked = { eventId: "e1", event: "go", data: "{}", details: "", originator: "", actor: "test", create };
  await world.clock.until(machine.create(ADDRESS, create));
  machine.delete(ADDRESS, { actor: "test" });
  await world.clock.run(world.clock.now + 60_000);
  // Its alarm would have cleared it away.
  world.loseAlarm(ADDRESS);
  world.clock.now += 31 * 24 * 60 * 60 * 1_000;
  const before = traceOf(world);
  const dry = await machine.send(ADDRESS, { ...asked, isDryRun: true });
  expect(traceOf(world)).toBe(before);
  expect(dry).toMatchObject({ ok: true, value: { created: true } });
  expect(dry).toEqual(await replyOf(world, machine.send(ADDRESS, asked)));
});

const ANN = { tenant: "t", actor: "test", scopes: EVERY_SCOPE };

test.each([
  ["a machine that is not there", { configuration: "loop", id: "m" }],
  ["no machine", { configuration: "loop", id: "" }],
  ["no configuration", { configuration: "", id: "m" }],
])("a dry run that fails for %s is recorded nowhere", async (_, destination) => {
  const world = new World();
  const house = createHouse(world);
  const input = { ...destination, event: "go", eventId: "e1" };
  const dry = await world.clock.until(sendEvent(house, ANN, { ...input, isDryRun: true }));
  const failures = () => world.index.prepare("SELECT count(*) AS n FROM failures").get();
  expect([failures(), world.notifications]).toEqual([{ n: 0 }, []]);
  const real = await world.clock.until(sendEvent(house, ANN, input));
  expect({ ...dry, at: 0 }).toEqual({ ...real, at: 0 });
  expect(failures()).toEqual({ n: 1 });
});

test("a simulation answers what a machine answers to the same events", async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(
      configuration,
      fields.map(canonicalJson),
      fc.array(call, { maxLength: 12 }),
      async (reference, data, calls) => {
        const world = new World();
        const house = createHouse(world);
        const definition = toSource(reference);
        const create: CreateCall = { version: "v1", source: JSON.stringify(definition), data, labels: "{}" };
        // Not a millisecond passes, as none does in a simulation.
        const created = world.create(ADDRESS, create);
        await Promise.race([created, Promise.resolve()]);
        if (!world.machine(ADDRESS).state(ADDRESS).ok) return;
        const real = calls.map(({ eventId, event, data: eventData, details }) =>
          world.send(ADDRESS, { eventId, event, data: eventData, details, originator: "", actor: "test" }),
        );
        const events = calls.map(({ eventId, event, details, ...rest }) => ({
          eventId,
          event,
          details,
          data: JSON.parse(rest.data) as Record<string, Value>,
        }));
        const input = { configuration: definition, data: JSON.parse(data) as Record<string, Value>, events };
        const simulated = await simulateConfiguration(house, ANN, input).catch((error: unknown) => error);
        const failed = real.find((reply) => !reply.ok);
        if (failed !== undefined) {
          expect(simulated).toMatchObject({ reason: failed.ok ? "" : failed.reason });
          return;
        }
        const receipts = real.flatMap((reply) => (reply.ok ? [reply.value] : []));
        expect(simulated).toEqual(
          receipts.map((receipt) => ({ ...receipt, machine: { configuration: "loop", id: "simulation" } })),
        );
        steps += receipts.length;
      },
    ),
    { numRuns: 500 },
  );
  expect(steps).toBeGreaterThan(1_000);
});
