/** The machine object in real workerd: once, in order, durably, and cheaply. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { machineOf, objectNameOf, type Bindings } from "../../src/env.ts";
import type { MachineObject } from "../../src/machine/machine-object.ts";
import type { CreateCall, MachineAddress, SendCall } from "../../src/machine/calls.ts";

const bindings = env as unknown as Bindings;
const LOOP = {
  name: "loop",
  version: "v1",
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "a", event: "go" },
  ],
};
const CREATE: CreateCall = { version: "v1", source: JSON.stringify(LOOP), data: "{}", labels: "{}" };

/** The stub itself, for what only tests do to objects. */
function objectOf(address: MachineAddress): DurableObjectStub<MachineObject> {
  return bindings.MACHINES.getByName(objectNameOf(address));
}

/** An aborted object may leave a call unanswered. */
function patiently<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, scheduler.wait(500).then(() => Promise.reject(new Error("no answer")))]);
}

let count = 0;
function addressOf(): MachineAddress {
  count += 1;
  return { tenant: "t", configuration: "loop", id: `m${count}` };
}

function go(eventId: string, more: Partial<SendCall> = {}): SendCall {
  return { eventId, event: "go", data: "{}", details: "", originator: "", actor: "test", ...more };
}

async function created(source: object = LOOP): Promise<MachineAddress> {
  const address = addressOf();
  const reply = await machineOf(bindings, address).create(address, { ...CREATE, source: JSON.stringify(source) });
  expect(reply.ok).toBe(true);
  return address;
}

async function acceptedIds(address: MachineAddress): Promise<string[]> {
  const ids: string[] = [];
  let after: number | undefined;
  do {
    const call = { order: "asc" as const, limit: 300, ...(after !== undefined && { after }) };
    const page = await machineOf(bindings, address).history(address, call);
    if (!page.ok) throw new Error(page.message);
    ids.push(...page.value.items.map((item) => item.eventId));
    after = page.value.next;
  } while (after !== undefined);
  return ids;
}

beforeAll(() => {
  expect(bindings.CATALOG).toBeDefined();
});

test("reading or sending to an unknown id writes nothing", async () => {
  const address = addressOf();
  const stub = machineOf(bindings, address);
  const read = await stub.read(address);
  const sent = await stub.send(address, go("e1"));
  expect([read.ok, sent.ok]).toEqual([false, false]);
  await runInDurableObject(objectOf(address), (_instance, state) => {
    expect(state.storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
  });
});

/** Rows that the object writes while `work` runs; what `setAlarm` writes is not among them. */
async function rowsWrittenBy(address: MachineAddress, work: (instance: MachineObject) => void): Promise<number> {
  return await runInDurableObject(objectOf(address), (instance, state) => {
    const sql = state.storage.sql;
    const original = sql.exec.bind(sql);
    let rows = 0;
    const counted = (query: string, ...params: unknown[]) => {
      const cursor = original(query, ...params);
      const toArray = cursor.toArray.bind(cursor);
      return Object.assign(cursor, {
        toArray: () => {
          const result = toArray();
          rows += cursor.rowsWritten;
          return result;
        },
      });
    };
    Object.defineProperty(sql, "exec", { value: counted, configurable: true });
    work(instance);
    return rows;
  });
}

test("an accepted event writes two rows in steady load", async () => {
  const address = await created();
  await machineOf(bindings, address).send(address, go("warm"));
  const written = await rowsWrittenBy(address, (instance) => {
    for (let index = 0; index < 50; index += 1) void instance.send(address, go(`steady-${index}`));
  });
  expect(written).toBe(100);
});

test("a deferred event writes three rows, and two beside its transition's; timers write none of their own", async () => {
  const address = await created({
    ...LOOP,
    states: ["a", "b", "c"],
    transitions: [
      { from: "a", to: "b", event: "go" },
      { from: "b", to: "c", event: "late" },
      { from: "c", to: "a", event: "expire", after: "P1D" },
    ],
    unhandled: "defer",
  });
  const rowsOf = (call: SendCall) => rowsWrittenBy(address, (instance) => void instance.send(address, call));
  expect(await rowsOf(go("d1", { event: "late" }))).toBe(3);
  expect(await rowsOf(go("d2", { event: "late" }))).toBe(3);
  // It brings the machine to b, from where the first of those that wait takes it to c, which has a timer.
  expect(await rowsOf(go("e1"))).toBe(2 + 2 + 2);
  expect(await machineOf(bindings, address).state(address)).toMatchObject({ value: { state: "c", revision: 2 } });
});

test("32 concurrent callers and repeated ids: dense revisions, equal replies, history of the accepted set", async () => {
  const address = await created();
  const stub = machineOf(bindings, address);
  const work = Array.from({ length: 1_000 }, (_, index) =>
    Array.from({ length: 1 + (index % 3) }, () => `e${index}`),
  ).flat();
  const replies = new Map<string, string[]>();
  const fresh = new Map<string, number>();
  let cursor = 0;
  const caller = async (): Promise<void> => {
    while (cursor < work.length) {
      const id = work[cursor++] ?? "";
      const reply = await stub.send(address, go(id));
      if (!reply.ok) throw new Error(reply.message);
      const { duplicate, ...rest } = reply.value;
      if (!duplicate) fresh.set(id, (fresh.get(id) ?? 0) + 1);
      replies.set(id, [...(replies.get(id) ?? []), JSON.stringify(rest)]);
    }
  };
  await Promise.all(Array.from({ length: 32 }, caller));
  for (const answers of replies.values()) expect(new Set(answers).size).toBe(1);
  expect([...fresh.values()].every((times) => times === 1)).toBe(true);
  const ids = await acceptedIds(address);
  expect(ids.length).toBe(1_000);
  expect(new Set(ids)).toEqual(new Set(replies.keys()));
  const revisions = [...replies.values()].map(
    ([answer]) => (JSON.parse(answer ?? "") as { revision: number }).revision,
  );
  expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
});

test("60 aborts under load: nothing acknowledged is lost, nothing doubled", async () => {
  const addresses = await Promise.all([created(), created()]);
  const acknowledged = new Map<string, Set<string>>(addresses.map(({ id }) => [id, new Set()]));
  const load = { stopping: false };
  const caller = async (address: MachineAddress, name: number): Promise<void> => {
    for (let index = 0; !load.stopping; index += 1) {
      // Callers and object share a thread here: without a pause no timer of the test would ever fire.
      await scheduler.wait(1);
      const id = `c${name}-${index}`;
      for (;;) {
        try {
          const reply = await patiently(machineOf(bindings, address).send(address, go(id)));
          if (!reply.ok) throw new Error(reply.message);
          acknowledged.get(address.id)?.add(id);
          break;
        } catch {
          // The object was aborted: the same id again, as a client would.
          await scheduler.wait(1);
        }
      }
    }
  };
  const callers = addresses.flatMap((address) => [0, 1, 2, 3].map((name) => caller(address, name)));
  for (let aborts = 0; aborts < 60; aborts += 1) {
    await scheduler.wait(20);
    const victim = addresses[aborts % addresses.length] ?? addressOf();
    await patiently(runInDurableObject(objectOf(victim), (_instance, state) => state.abort("test"))).catch(() => {});
  }
  load.stopping = true;
  await Promise.all(callers);
  for (const address of addresses) {
    const ids = await acceptedIds(address);
    const known = acknowledged.get(address.id) ?? new Set();
    expect(known.size).toBeGreaterThan(20);
    expect(ids.length).toBe(new Set(ids).size);
    expect([...known].filter((id) => !ids.includes(id))).toEqual([]);
  }
});

test("an evicted object knows its state, its receipts and what it has not yet told the index", async () => {
  const address = await created();
  await machineOf(bindings, address).send(address, go("kept"));
  await evictDurableObject(objectOf(address));
  const repeated = await machineOf(bindings, address).send(address, go("kept"));
  expect(repeated).toMatchObject({ ok: true, value: { duplicate: true, revision: 1, to: "b" } });
  await runDurableObjectAlarm(objectOf(address));
  const row = await bindings.CATALOG.prepare("SELECT state, revision FROM machines WHERE id = ?")
    .bind(address.id)
    .first();
  expect(row).toEqual({ state: "b", revision: 1 });
  const event = await bindings.CATALOG.prepare(
    "SELECT event_id FROM transitions WHERE machine_id = ? AND kind = 'changed'",
  )
    .bind(address.id)
    .first();
  expect(event).toEqual({ event_id: "kept" });
});

test("a wake that fails for a bug does not cost the machine its alarm", async () => {
  const address = await created();
  await machineOf(bindings, address).send(address, go("kept"));
  const source = await runInDurableObject(objectOf(address), (_instance, { storage }) => {
    const [row] = storage.sql.exec<{ source: string }>("SELECT source FROM config").toArray();
    storage.sql.exec("UPDATE config SET source = 'no JSON'");
    return row?.source ?? "";
  });
  await evictDurableObject(objectOf(address));
  // The platform drops an alarm that has thrown seven times.
  for (let times = 0; times < 10; times += 1) expect(await runDurableObjectAlarm(objectOf(address))).toBe(true);
  await runInDurableObject(objectOf(address), (_instance, { storage }) => {
    storage.sql.exec("UPDATE config SET source = ?", source);
  });
  expect(await runDurableObjectAlarm(objectOf(address))).toBe(true);
  const query = bindings.CATALOG.prepare("SELECT revision FROM machines WHERE id = ?").bind(address.id);
  expect(await query.first()).toEqual({ revision: 1 });
});

test("pages of large events stay under the limit of a call, and together are the whole history", async () => {
  const address = await created();
  const data = JSON.stringify({ text: "x".repeat(60_000) });
  for (let index = 0; index < 150; index += 1)
    await machineOf(bindings, address).send(address, go(`e${index}`, { data }));
  const page = await machineOf(bindings, address).history(address, { order: "asc", limit: 1_000 });
  expect(page.ok && page.value.items.length).toBe(69);
  expect(await acceptedIds(address)).toEqual(Array.from({ length: 150 }, (_, index) => `e${index}`));
});

test("an id sent again with other content is refused, and changes nothing", async () => {
  const address = await created();
  const stub = machineOf(bindings, address);
  await stub.send(address, go("e"));
  expect(await stub.send(address, go("e", { data: '{"x":1}' }))).toMatchObject({
    ok: false,
    reason: "EVENT_ID_REUSED",
  });
  expect(await stub.send(address, go("e", { details: "x" }))).toMatchObject({ ok: false, reason: "EVENT_ID_REUSED" });
  expect(await stub.send(address, go("e", { originator: "y", timestamp: 5 }))).toMatchObject({
    ok: true,
    value: { duplicate: true },
  });
});

test("an expectation that differs refuses the event without recording it", async () => {
  const address = await created();
  const stub = machineOf(bindings, address);
  expect(await stub.send(address, go("e", { expectedRevision: 4 }))).toMatchObject({
    ok: false,
    reason: "REVISION_MISMATCH",
    metadata: { revision: "0", state: "a" },
  });
  expect(await stub.send(address, go("e", { expectedState: "b" }))).toMatchObject({
    ok: false,
    reason: "STATE_MISMATCH",
  });
  expect(await stub.send(address, go("e", { expectedState: "a", expectedRevision: 0 }))).toMatchObject({
    ok: true,
    value: { duplicate: false },
  });
});

test("an object asked for another machine than its own finds none", async () => {
  const address = await created();
  const reply = await machineOf(bindings, address).send({ ...address, tenant: "other" }, go("e"));
  expect(reply).toMatchObject({ ok: false, reason: "MACHINE_NOT_FOUND" });
});
