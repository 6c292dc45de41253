/** Look-up by configuration and event id: the newest decision, whoever took it. */
import { expect, test } from "vitest";
import { findDecision, findFailure } from "../../src/catalog/lookups.ts";
import { TenantDb } from "../../src/catalog/tenant-db.ts";
import type { Receipt } from "../../src/receipt.ts";
import { CATALOG, takePositions } from "./seed.ts";

const db = new TenantDb(CATALOG, "lookups");

async function accepted(machine: string, eventId: string, at: number, kind = "changed", tenant = "lookups") {
  await CATALOG.prepare("INSERT INTO transitions VALUES (?, 'c', ?, ?, ?, ?, ?, 1, 'v1', '', '', '', ?, '', '')")
    .bind(tenant, await takePositions(1), machine, at, kind, eventId, at)
    .run();
}

async function decided(
  result: "refused" | "failed",
  machine: string,
  eventId: string,
  at: number,
  tenant = "lookups",
  data = '{"a":1}',
): Promise<Partial<Receipt>> {
  const receipt: Partial<Receipt> = { eventId, result, at, data: result === "failed" ? data : "{}" };
  await CATALOG.prepare(
    "INSERT INTO failures (tenant, seq, configuration, machine_id, event_id, at, failure_id, expires_at, receipt, notification) VALUES (?, ?, 'c', ?, ?, ?, ?, ?, ?, NULL)",
  )
    .bind(
      tenant,
      await takePositions(1),
      machine,
      eventId,
      at,
      result === "failed" ? crypto.randomUUID() : "",
      at,
      JSON.stringify(receipt),
    )
    .run();
  return receipt;
}

/** Ignored or deferred: the machine has the receipt. */
async function passedOver(machine: string, eventId: string, at: number, tenant = "lookups"): Promise<void> {
  await CATALOG.prepare("INSERT INTO lookups VALUES (?, 'c', ?, ?, ?, ?)").bind(tenant, eventId, machine, at, at).run();
}

test("nothing is known of an event that nobody decided", async () => {
  await accepted("m", "other", 1);
  await accepted("m", "stranger's", 1, "changed", "stranger");
  await decided("failed", "m", "stranger's", 1, "stranger");
  await passedOver("m", "stranger's", 1, "stranger");
  expect(await findDecision(db, "c", "none")).toBeUndefined();
  expect(await findDecision(db, "d", "other")).toBeUndefined();
  expect(await findDecision(db, "c", "stranger's")).toBeUndefined();
});

test("an accepted event, of several the newest", async () => {
  await accepted("m1", "twice", 5);
  await accepted("m0", "twice", 7);
  await accepted("m2", "twice", 6);
  expect(await findDecision(db, "c", "twice")).toEqual({ kind: "machine", id: "m0" });
});

test("a refused event is its machine's to tell", async () => {
  await decided("refused", "m", "refused", 5);
  expect(await findDecision(db, "c", "refused")).toEqual({ kind: "machine", id: "m" });
});

test("an ignored or deferred event is its machine's to tell, of several the newest", async () => {
  await passedOver("m1", "passed", 5);
  await passedOver("m0", "passed", 7);
  await passedOver("m2", "passed", 6);
  expect(await findDecision(db, "c", "passed")).toEqual({ kind: "machine", id: "m0" });
});

test("a failed event is told whole, of several the newest", async () => {
  await decided("failed", "b", "failed", 5);
  const receipt = await decided("failed", "a", "failed", 7);
  await decided("failed", "c", "failed", 6);
  expect(await findDecision(db, "c", "failed")).toEqual({ kind: "failed", receipt });
});

test("whichever came last: accepted, refused, failed, ignored or deferred", async () => {
  const receipt = await decided("failed", "m1", "mixed", 5);
  expect(await findDecision(db, "c", "mixed")).toEqual({ kind: "failed", receipt });
  await accepted("m2", "mixed", 6);
  expect(await findDecision(db, "c", "mixed")).toEqual({ kind: "machine", id: "m2" });
  await decided("refused", "m3", "mixed", 7);
  expect(await findDecision(db, "c", "mixed")).toEqual({ kind: "machine", id: "m3" });
  const later = await decided("failed", "m1", "mixed", 8);
  expect(await findDecision(db, "c", "mixed")).toEqual({ kind: "failed", receipt: later });
  await passedOver("m4", "mixed", 9);
  expect(await findDecision(db, "c", "mixed")).toEqual({ kind: "machine", id: "m4" });
  await accepted("m5", "mixed", 10);
  expect(await findDecision(db, "c", "mixed")).toEqual({ kind: "machine", id: "m5" });
});

test.each(["created", "deleted"])("a machine that was %s is no event", async (kind) => {
  await accepted("m", `detent:${kind}`, 1, kind);
  expect(await findDecision(db, "c", `detent:${kind}`)).toBeUndefined();
  await accepted("m", `other:${kind}`, 1, kind);
  expect(await findDecision(db, "c", `other:${kind}`)).toBeUndefined();
});

test("of one machine the newest event that did not find it, of one millisecond the last, and none that it decided", async () => {
  const machine = { configuration: "c", id: "missed" };
  expect(await findFailure(db, machine, "missed")).toBeUndefined();
  await decided("refused", "missed", "missed", 9);
  await decided("failed", "other", "missed", 9);
  expect(await findFailure(db, machine, "missed")).toBeUndefined();
  for (let time = 0; time < 5; time += 1) {
    await decided("failed", "missed", "missed", 4);
    const last = await decided("failed", "missed", "missed", 5, "lookups", `{"n":${time}}`);
    expect(await findFailure(db, machine, "missed")).toEqual(last);
  }
});
