/** The example's rule of what is news: whatever a queue repeats, leaves out or reorders, an order stands where it was told last. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { changedEvent } from "../../src/machine/cloud-event.ts";
import type { Receipt } from "../../src/receipt.ts";
import type { Telling } from "../../examples/order-worker/messages.ts";
import { eventFor, isChange, orderOf } from "../../examples/order-worker/messages.ts";
import { settle } from "../../examples/order-worker/settlement.ts";
import { problemIn, type Problem, standAfter, type Standing } from "../../examples/order-worker/standing.ts";

function telling(life: number, sequence: number, data: Telling["data"], kind = "changed"): Telling {
  const id = `shop-orders/7/${life}/change/${sequence}`;
  return { id, type: `detent.machine.${kind}.v1`, subject: "shop-orders/7", sequence, data };
}

/** Two lives of one order, told in full. */
const STORY = [
  telling(1_000, 0, { state: "new" }, "created"),
  telling(1_000, 1, { to: "charging", data: { amount: 40 } }),
  telling(1_000, 2, { to: "unpaid", data: { why: "no" } }),
  telling(1_000, 3, { state: "unpaid" }, "deleted"),
  telling(2_000, 0, { state: "new" }, "created"),
  telling(2_000, 1, { to: "charging", data: { amount: 50 } }),
  telling(2_000, 2, { to: "paid", data: { payment: "p" } }),
];
const tell = (tellings: readonly Telling[]): Standing | undefined =>
  tellings.reduce<Standing | undefined>((known, told) => standAfter(known, told) ?? known, undefined);

test("told in order, it stands where the story ends, with what it was told of that life", () => {
  expect(tell(STORY)).toEqual({ life: 2_000, sequence: 2, state: "paid", amount: 50, payment: "p" });
  expect(tell(STORY.slice(0, 3))).toEqual({ life: 1_000, sequence: 2, state: "unpaid", amount: 40, why: "no" });
  expect(tell(STORY.slice(0, 4))?.state).toBe("deleted");
  expect(tell(STORY.slice(0, 5))).toEqual({ life: 2_000, sequence: 0, state: "new" });
});

test("whatever is repeated and in whatever order, it stands at the newest that came", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: STORY.length - 1 }), { minLength: 1, maxLength: 20 }), (places) => {
      const standing = tell(places.flatMap((place) => STORY[place] ?? []));
      const newest = STORY[Math.max(...places)];
      expect(standing).toMatchObject({ sequence: newest?.sequence, life: Number(newest?.id.split("/").at(-3)) });
    }),
  );
});

test("nothing is news twice", () => {
  for (const told of STORY) {
    const standing = standAfter(undefined, told);
    expect(standAfter(standing, told)).toBeUndefined();
  }
});

test("problems are told by the newest; those without a machine have no number and are told each time", () => {
  const refusal = (sequence: number): Telling => ({
    id: `shop-orders/7/1000/notification/${sequence}`,
    type: "detent.event.refused.v1",
    sequence,
    data: { event: "checkout", reason: "NO_TRANSITION", message: "it is paid" },
  });
  const second = problemIn(undefined, refusal(2));
  expect(second).toEqual({
    life: 1_000,
    sequence: 2,
    event: "checkout",
    reason: "NO_TRANSITION",
    message: "it is paid",
  });
  expect([problemIn(second, refusal(1)), problemIn(second, refusal(2))]).toEqual([undefined, undefined]);
  expect(problemIn(second, refusal(3))?.sequence).toBe(3);
  const failed: Telling = { id: "a-b-c", type: "detent.event.failed.v1", data: { reason: "MACHINE_NOT_FOUND" } };
  const problem: Problem | undefined = problemIn(second, failed);
  expect(problem?.reason).toBe("MACHINE_NOT_FOUND");
});

test("what is set aside is no change, and what is about others is no order", () => {
  expect(isChange({ id: "x", type: "detent.machine.parked.v1", data: {} })).toBe(false);
  expect(STORY.every((told) => isChange(told))).toBe(true);
  expect(orderOf({ id: "x", type: "t", subject: "shop-orders/8%2F%C3%A9", data: {} })).toBe("8/é");
  expect(orderOf({ id: "x", type: "t", subject: "orders/7", data: {} })).toBeUndefined();
  expect(orderOf({ id: "x", type: "t", data: {} })).toBeUndefined();
});

test("an event's message has the form that docs/queues.md gives it", () => {
  expect(eventFor("7", "checkout", "checkout-1", { amount: 1 })).toEqual({
    config: "shop-orders",
    id: "7",
    event: {
      event_id: "checkout-1",
      transition: { event: "checkout" },
      originator: "order-worker",
      data: { amount: 1 },
    },
  });
});

/** A change as Detent tells it, of an event that brought `data`. */
function changed(revision: number, to: string, data: object): Telling {
  const machine = { tenant: "acme", configuration: "shop-orders", id: "7", createdAt: 1_000 };
  const receipt: Receipt = {
    eventId: `checkout-${revision}`,
    event: "checkout",
    configId: "shop-orders:v1",
    machine,
    result: "transitioned",
    code: "Ok",
    from: "unpaid",
    to,
    revision,
    at: 1_000,
    originator: "",
    actor: "",
    duplicate: false,
    details: "",
    data: JSON.stringify(data),
  };
  return JSON.parse(changedEvent(machine, receipt, { kind: "event", traceparent: null })) as Telling;
}

async function settled(...tellings: readonly Telling[]): Promise<object> {
  const standing = tell(tellings);
  if (standing === undefined) throw new Error("nothing was told");
  return (await settle("7", standing)).event;
}

test("what is charged is what was told with the checkout; the same entry is reported by the same event", async () => {
  const report = {
    event_id: "payment-1000-1",
    transition: { event: "charged" },
    data: { payment: "payment 7/1000-1" },
  };
  const checkout = changed(1, "charging", { amount: 40 });
  expect(await settled(checkout)).toMatchObject(report);
  expect(await settled(checkout)).toEqual(await settled(checkout));
  expect(await settled(changed(1, "charging", { amount: 101 }))).toMatchObject({ transition: { event: "declined" } });
});

test("a checkout too large to be told with its amount is declined, also after one that told another", async () => {
  const large = changed(3, "charging", { amount: 50, note: "x".repeat(32 * 1024) });
  expect(large.data).toMatchObject({ truncated: true });
  const declined = {
    event_id: "payment-1000-3",
    transition: { event: "declined" },
    data: { why: "no amount was told with the order" },
  };
  expect(await settled(large)).toMatchObject(declined);
  const earlier = [changed(1, "charging", { amount: 40 }), changed(2, "unpaid", { why: "no" })];
  expect(await settled(...earlier, large)).toMatchObject(declined);
});
