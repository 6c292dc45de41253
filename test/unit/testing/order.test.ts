/** MkUnion's order, written with the kit: its full table, of no machine and five states by five commands, and its diagrams. */
import { expect, test } from "vitest";
import { create, createKit } from "../../../src/testing/index.ts";
import { ORDER } from "../../kit/order.ts";

const NEW = { data: { price: 100, quantity: 3 } };
const kit = createKit(ORDER);
const processing = kit
  .given(create(NEW))
  .thenState("pending")
  .when("mark processing", { data: { worker: "anna" } })
  .thenState("processing", { exactData: { ...NEW.data, worker: "anna" } });

test("an order is packed by one worker and completed by another", async () => {
  await processing
    .fork("not by the same", (it) => it.when("complete", { data: { worker: "anna" } }).thenRefused("GUARD_REJECTED"))
    .fork("or it is cancelled", (it) =>
      it
        .when("cancel", { data: { reason: "out of stock" } })
        .thenState("cancelled", { data: { reason: "out of stock" } }),
    )
    .when("complete", { data: { worker: "bob" } })
    .thenState("completed", { data: { approver: "bob" } });
});

test("what fails is a state that knows what has failed, and heals", async () => {
  await processing
    .when("complete", { data: { worker: "bob", problem: "the warehouse cannot be reached" } })
    .thenState("error", { data: { problem: /warehouse/, approver: "bob", retried: 0 } })
    .fork("in vain at first", (it) =>
      it
        .when("recover", { data: { problem: "the payment provider cannot be reached" } })
        .thenState("error", { data: { problem: /payment/, retried: 1 } })
        .when("recover")
        .thenState("completed", { data: { retried: 2 } }),
    )
    .when("recover")
    .thenState("completed", { data: { price: 100, retried: 1 } });
});

test("every transition is tested", async () => {
  await kit.assertCovered();
});

const SAMPLES = {
  creations: [NEW],
  samples: {
    "mark processing": [{ worker: "anna" }],
    cancel: [{ reason: "out of stock" }],
    complete: [{ worker: "bob" }, { worker: "bob", problem: "the warehouse cannot be reached" }, { worker: "anna" }],
  },
};

test("its table of 6 states, none included, and 5 commands is complete", async () => {
  const table = await kit.table(SAMPLES);
  expect(table.toString()).toBe(`\
|  | create | mark processing | cancel | complete | recover |
| --- | --- | --- | --- | --- | --- |
| none | → pending | MACHINE_NOT_FOUND | MACHINE_NOT_FOUND | MACHINE_NOT_FOUND | MACHINE_NOT_FOUND |
| pending | MACHINE_EXISTS | → processing | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION |
| processing | MACHINE_EXISTS | NO_TRANSITION | → cancelled | → completed, → error, GUARD_REJECTED | NO_TRANSITION |
| completed | MACHINE_EXISTS | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION |
| cancelled | MACHINE_EXISTS | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION |
| error | MACHINE_EXISTS | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION | → completed |
`);
  expect(table.rows.map(({ cells }) => cells.length)).toEqual([5, 5, 5, 5, 5, 5]);
  expect(table.outcomesOf("processing", "complete")).toEqual(["→ completed", "→ error", "GUARD_REJECTED"]);
  expect(table.outcomesOf(null, null)).toEqual(["→ pending"]);
});

test("its diagrams are those that were looked over", async () => {
  await kit.golden(import.meta.url, { also: [await kit.walk(SAMPLES)] });
});
