/** Redriving call by call. */
import { expect, test } from "vitest";
import { redriveAll } from "../../../src/console/pages/failures/redrive.ts";

/** Answers of the service, in their order. */
function answering(...answers: readonly { redriven: number; remaining: boolean }[]) {
  const left = [...answers];
  return async () => {
    const next = left.shift();
    if (next === undefined) throw new Error("called once too often");
    return next;
  };
}

const more = { redriven: 1_000, remaining: true };

test("it is repeated while letters remain, and tells how many were redriven so far", async () => {
  const told: number[] = [];
  const call = answering(more, more, { redriven: 7, remaining: false });
  const done = await redriveAll(
    call,
    (count) => told.push(count),
    () => false,
  );
  expect(done).toEqual({ count: 2_007, remaining: false });
  expect(told).toEqual([1_000, 2_000, 2_007]);
});

test("it can be stopped between two calls", async () => {
  const done = await redriveAll(
    answering(more),
    () => undefined,
    () => true,
  );
  expect(done).toEqual({ count: 1_000, remaining: true });
});

test("a call that takes none is the last one", async () => {
  const call = answering({ redriven: 0, remaining: true });
  expect(
    await redriveAll(
      call,
      () => undefined,
      () => false,
    ),
  ).toEqual({ count: 0, remaining: true });
});
