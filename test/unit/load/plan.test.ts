/** The order in which lines are sent, whatever the file and however the calls end. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readItem, type Item } from "../../../src/cli/load/item.ts";
import { Plan, type Unit } from "../../../src/cli/load/plan.ts";

function itemOf(line: number, machine: number, isCreate: boolean): Item {
  const text = isCreate
    ? { create: { config_id: "c:v1", id: `m${machine}` } }
    : { send: { configuration: "c", id: `m${machine}`, event: "e" } };
  return readItem({ number: line, bytes: Buffer.from(JSON.stringify(text)) }, "file");
}

test("each line is sent once, those of a machine in order and never in two calls at once", () => {
  const lines = fc.array(fc.tuple(fc.nat(5), fc.boolean()), { maxLength: 300 });
  fc.assert(
    fc.property(
      lines,
      fc.array(fc.nat(), { minLength: 1 }),
      fc.integer({ min: 1, max: 120 }),
      (file, choices, most) => {
        const plan = new Plan();
        const items = file.map(([machine, isCreate], index) => itemOf(index + 1, machine, isCreate));
        const underWay: Unit[] = [];
        const sent: Item[] = [];
        let next = 0;
        for (let turn = 0; next < items.length || !plan.isEmpty; turn += 1) {
          expect(turn, "it comes to no end").toBeLessThan(10_000);
          // Reads, takes or ends a call, as it happens.
          const choice = turn % 4 === 0 ? turn / 4 : (choices[turn % choices.length] ?? 0);
          const item = items[next];
          if (choice % 3 === 0 && item !== undefined) {
            plan.add(item);
            next += 1;
          }
          const unit = choice % 3 === 1 ? plan.take(most) : undefined;
          if (unit !== undefined) {
            const busy = underWay.flatMap((each) => each.map(({ machine }) => machine));
            for (const { machine } of unit) expect(busy).not.toContain(machine);
            expect(unit.length).toBeLessThanOrEqual(Math.min(most, 100));
            if (unit.some(({ kind }) => kind === "create")) expect(unit).toHaveLength(1);
            underWay.push(unit);
            sent.push(...unit);
          }
          const [ended] = choice % 3 === 2 ? underWay.splice(choice % Math.max(underWay.length, 1), 1) : [];
          if (ended !== undefined) plan.release(ended);
        }
        expect(sent.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual(items.map(({ line }) => line));
        for (const ofMachine of Map.groupBy(sent, ({ machine }) => machine).values()) {
          const order = ofMachine.map(({ line }) => line);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
      },
    ),
  );
});

test("events of many machines go in one call; machines come first until a call is full", () => {
  const plan = new Plan();
  for (let machine = 0; machine < 150; machine += 1) plan.add(itemOf(machine + 1, machine, false));
  plan.add(itemOf(151, 151, true));
  const [full, created, rest] = [plan.take(), plan.take(), plan.take()];
  expect([full?.length, created?.[0].kind, rest?.length, plan.take()]).toEqual([100, "create", 50, undefined]);
});

test("a call has no more than a mebibyte of lines, however few they are", () => {
  const plan = new Plan();
  const details = "x".repeat(400_000);
  for (const id of ["a", "b", "c"]) {
    const text = JSON.stringify({ send: { configuration: "c", id, event: "e", details } });
    plan.add(readItem({ number: 1, bytes: Buffer.from(text) }, "file"));
  }
  expect([plan.take()?.length, plan.take()?.length]).toEqual([2, 1]);
});
