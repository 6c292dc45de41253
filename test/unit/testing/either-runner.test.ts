/** A test of the kit runs under vitest and under node:test: the kit knows neither. This file is run by both. */
import { create, createKit } from "../../../src/testing/index.ts";
import { TICKET } from "../../kit/ticket.ts";

type Test = (name: string, run: () => Promise<void>) => unknown;
const test: Test =
  process.env["VITEST"] === undefined ? (await import("node:test")).test : (await import("vitest")).test;

const kit = createKit(TICKET);

test("a ticket is resolved", async () => {
  await kit.given(create()).when("assign").thenState("assigned").when("resolve").thenState("resolved");
});

test("a ticket is woken", async () => {
  await kit
    .given(create({ state: "parked" }))
    .after("PT1H")
    .thenState("assigned")
    .when("park")
    .thenState("parked");
});

test("all of it is tested", async () => {
  await kit.assertCovered();
});

if (process.env["DETENT_TEST_FAILS"] !== undefined) {
  test("a wrong expectation", async () => {
    await kit.given(create()).when("assign").thenState("parked"); // wrong
  });
}
