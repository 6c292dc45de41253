/**
 * Events through the queue: batches that come twice, mixed, half failed, with poison in between have the effect that
 * every event has once and in order.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { EventRequestSchema } from "../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { consumeEvents } from "../../src/queue/events-consumer.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, truthOf } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const SEEDS = Number(process.env["DETENT_FAULT_SEEDS"] ?? 12);
const STATES = ["s0", "s1", "s2", "s3", "s4"];
/** A ring in which every event is possible in one state only: out of order, they are refused. */
const RING = {
  name: "loop",
  version: "v1",
  starting_state: "s0",
  states: STATES,
  transitions: STATES.map((from, index) => ({ from, to: STATES[(index + 1) % 5] ?? "", event: `leave ${from}` })),
};
const TENANT_RULE = { eventsTenant: "t", isTenant: () => true };

interface Letter {
  readonly id: string;
  readonly machine: string;
  readonly body: unknown;
}

/** One delivery of a letter, and what became of it. */
class Delivery implements Message {
  readonly id: string;
  readonly timestamp = new Date(0);
  readonly body: unknown;
  readonly attempts: number;
  readonly letter: Letter;
  verdict: "ack" | "retry" | undefined;
  delaySeconds = 0;

  constructor(letter: Letter, attempts = 1) {
    this.letter = letter;
    this.id = letter.id;
    this.body = letter.body;
    this.attempts = attempts;
  }

  ack(): void {
    this.verdict ??= "ack";
  }

  retry(options?: QueueRetryOptions): void {
    this.verdict ??= "retry";
    this.delaySeconds = options?.delaySeconds ?? 0;
  }
}

let batches = 0;
afterAll(() => {
  expect(batches).toBeGreaterThanOrEqual(500);
});

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

function bodyOf(id: string, eventId: string, event: string, form: number): unknown {
  const json = { config: "loop", id, event: { eventId, transition: { event } } };
  if (form === 0) return json;
  if (form === 1) return JSON.stringify({ config: "loop", id, event: { event_id: eventId, transition: { event } } });
  const binary = toBinary(EventRequestSchema, create(EventRequestSchema, json));
  return Buffer.from(binary).toString("base64");
}

const POISON = [
  "no base64 at all!",
  { config: "loop", id: "m0", event: { transition: { event: "leave s0" } }, gaurd: 1 },
  { config: "loop", id: "m0", event: { transition: { event: "" } } },
  "{",
  17,
  null,
  { config: "loop", id: "m0", event: { transition: { event: "leave s0" }, details: 7n } },
];

/** Delivers letters until all are acknowledged: in order per machine, as a queue does that has not reordered them. */
async function deliver(world: World, letters: readonly Letter[]): Promise<void> {
  const house = createHouse(world);
  const deps = { house, tenantRule: TENANT_RULE, random: () => world.chance.next() };
  const waiting = letters.map((letter) => new Delivery(letter));
  const seen: Letter[] = [];
  while (waiting.length > 0) {
    const batch = waiting.splice(0, 1 + world.chance.below(12));
    // What was delivered comes once more, anywhere in a later batch; or twice in the same one, in order.
    const repeats = range(world.chance.below(4)).flatMap(() => (seen.length > 0 ? [world.chance.pick(seen)] : []));
    const delivered = [
      ...repeats.map((letter) => new Delivery(letter, 2)),
      ...batch,
      ...(world.chance.next() < 0.2 ? batch.map(({ letter }) => new Delivery(letter)) : []),
    ];
    await world.clock.until(consumeEvents(deps, delivered));
    batches += 1;
    for (const { verdict } of delivered) expect(verdict).toBeDefined();
    const failed = batch.filter(({ verdict }) => verdict === "retry");
    for (const { delaySeconds } of failed) expect(delaySeconds).toBeGreaterThan(0);
    seen.push(...batch.filter(({ verdict }) => verdict === "ack").map(({ letter }) => letter));
    waiting.unshift(...failed.map(({ letter, attempts }) => new Delivery(letter, attempts + 1)));
  }
}

test.each(range(SEEDS))("seed %i: the effect is that of every event once, in order", async (seed) => {
  const world = new World(seed + 1);
  const { chance } = world;
  const machines = range(5).map((index) => `m${index}`);
  for (const id of machines) {
    await world.clock.until(createMachine(world, addressOf(id), RING));
  }
  // Every eighth event is refused wherever the machine is.
  const expected = new Map(machines.map((id) => [id, { accepted: [] as string[], refused: [] as string[] }]));
  const letters: Letter[] = range(240).map((index) => {
    const machine = chance.pick(machines);
    const truth = expected.get(machine) ?? { accepted: [], refused: [] };
    const eventId = `${machine}-e${index}`;
    const isRefused = chance.next() < 0.125;
    const event = isRefused ? "unheard of" : `leave s${truth.accepted.length % 5}`;
    (isRefused ? truth.refused : truth.accepted).push(eventId);
    return { id: `${index}`, machine, body: bodyOf(machine, eventId, event, chance.below(3)) };
  });
  const poison = POISON.map((body, index): Letter => ({ id: `poison-${index}`, machine: "", body }));
  for (const letter of poison) letters.splice(chance.below(letters.length), 0, letter);

  world.faults.share = 0.3;
  await deliver(world, letters);
  world.faults.share = 0;
  await world.clock.run(world.clock.now + 100_000);

  for (const id of machines) {
    const { accepted, refused } = truthOf(world, addressOf(id));
    expect({ accepted, refused }).toEqual(expected.get(id));
  }
  const told = world.notifications.filter(({ type }) => type === "detent.message.unreadable.v1");
  expect(new Set(told.map(({ data }) => data["message_id"]))).toEqual(new Set(poison.map(({ id }) => id)));
});

/** Delivers one message without faults and answers what the queue was told, and what was announced. */
async function consumeOne(body: unknown, tenantRule: { eventsTenant: string | undefined } = TENANT_RULE) {
  const world = new World();
  await world.clock.until(createMachine(world, addressOf("m"), RING));
  const message = new Delivery({ id: "7", machine: "m", body });
  const isTenant = (name: string): boolean => name === "t";
  const deps = { house: createHouse(world), tenantRule: { ...tenantRule, isTenant }, random: () => 0.5 };
  await world.clock.until(consumeEvents(deps, [message]));
  await world.clock.run(world.clock.now + 60_000);
  return { verdict: message.verdict, truth: truthOf(world, addressOf("m")), announced: world.notifications, world };
}

const EVENT = { event_id: "e", transition: { event: "leave s0" } };

test("a message may carry data, in either case, and nulls for what is absent", async () => {
  const body = {
    config: "loop",
    id: "m",
    event: { ...EVENT, data: { nothing: null }, originator: null },
    tenant: null,
  };
  const { verdict, world } = await consumeOne(body);
  expect(verdict).toBe("ack");
  const receipt = world.machine(addressOf("m")).receipt(addressOf("m"), "e");
  expect(receipt).toMatchObject({ value: { data: '{"nothing":null}', actor: "queue" } });
});

test("a message without an event id is one event, however often it is delivered", async () => {
  const body = { config: "loop", id: "m", event: { transition: { event: "leave s0" } } };
  const world = new World();
  await world.clock.until(createMachine(world, addressOf("m"), RING));
  const deps = { house: createHouse(world), tenantRule: TENANT_RULE, random: () => 0.5 };
  for (const attempt of [1, 2]) {
    await world.clock.until(consumeEvents(deps, [new Delivery({ id: "7", machine: "m", body }, attempt)]));
    await world.clock.run(world.clock.now + 60_000);
  }
  expect(truthOf(world, addressOf("m")).accepted).toEqual(["message-7"]);
  expect(world.notifications).toEqual([]);
});

test.each([
  ["an unknown field", { config: "loop", id: "m", event: { ...EVENT, gaurd: 1 } }, "/event/gaurd"],
  ["another's tenant", { tenant: "other", config: "loop", id: "m", event: EVENT }, "tenant"],
])("%s is announced with its place and acknowledged", async (_name, body, named) => {
  const { verdict, truth, announced } = await consumeOne(body);
  expect(verdict).toBe("ack");
  expect(truth.accepted).toEqual([]);
  expect(announced).toMatchObject([{ type: "detent.message.unreadable.v1", data: { message_id: "7" } }]);
  expect(JSON.stringify(announced[0]?.data)).toContain(named.split("/").at(-1));
});

test("on a queue of many tenants a message names its tenant, and one that names none is announced", async () => {
  const many = { eventsTenant: "*" };
  const body = { config: "loop", id: "m", event: EVENT };
  expect((await consumeOne({ ...body, tenant: "t" }, many)).truth.accepted).toEqual(["e"]);
  for (const tenant of [undefined, "No Tenant"]) {
    const { verdict, truth, announced } = await consumeOne({ ...body, tenant }, many);
    expect([verdict, truth.accepted, announced.length]).toEqual(["ack", [], 1]);
  }
});

test("while the deployment does not say whose its queue is, messages wait", async () => {
  const { verdict, announced } = await consumeOne(
    { config: "loop", id: "m", event: EVENT },
    { eventsTenant: undefined },
  );
  expect([verdict, announced]).toEqual(["retry", []]);
});

test.each([
  ["no machine id", { config: "loop", event: EVENT }, "MISSING_DESTINATION"],
  ["no such machine", { config: "loop", id: "nobody", event: EVENT }, "CONFIGURATION_NOT_FOUND"],
])("an event with %s fails: recorded, announced, acknowledged", async (_name, body, reason) => {
  const { verdict, announced, world } = await consumeOne(body);
  expect(verdict).toBe("ack");
  expect(announced).toMatchObject([{ type: "detent.event.failed.v1", data: { reason, event_id: "e" } }]);
  const stored = world.index.prepare("SELECT receipt, notification FROM failures").all();
  expect(stored).toHaveLength(1);
  expect(stored[0]?.["notification"]).toBeNull();
  expect(JSON.parse(String(stored[0]?.["receipt"]))).toMatchObject({ result: "failed", reason });
});

test("an event id that was used for another event is announced: its sender gets no other answer", async () => {
  const world = new World();
  await world.clock.until(createMachine(world, addressOf("m"), RING));
  const messages = ["leave s0", "leave s1"].map((event, index) => {
    const body = { config: "loop", id: "m", event: { event_id: "same", transition: { event } } };
    return new Delivery({ id: `${index}`, machine: "m", body });
  });
  const deps = { house: createHouse(world), tenantRule: TENANT_RULE, random: () => 0.5 };
  await world.clock.until(consumeEvents(deps, messages));
  await world.clock.run(world.clock.now + 60_000);
  expect(messages.map(({ verdict }) => verdict)).toEqual(["ack", "ack"]);
  expect(world.notifications).toMatchObject([{ data: { reason: "EVENT_ID_REUSED", message_id: "1" } }]);
});
