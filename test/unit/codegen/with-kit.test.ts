/** Generated types and the test kit fit together: states, events and data of a test are checked by the compiler. */
import { expect, test } from "vitest";
import { create, createKit } from "../../../src/testing/index.ts";
import type { TypedOrdersTypes } from "../../../examples/orders/orders.ts";

const kit = createKit<TypedOrdersTypes>(new URL("../../../examples/orders/order.json", import.meta.url));
const customer = { customer: "Ada", total: 30 };

test("a test in the types of a configuration runs", async () => {
  const { machine } = await kit
    .given(create({ data: customer }))
    .when("pay", { data: { amount: 30 } })
    .thenState("paid")
    .when("ship", { data: { tracking: "T-1" } })
    .thenState("shipped", { data: { tracking: "T-1" } });
  expect(machine).toMatchObject({ state: "shipped", revision: 2 });
});

test("what the configuration does not have does not compile", () => {
  const order = kit.given(create({ data: customer }));
  // @ts-expect-error -- there is no such event
  const wrongEvent = () => order.when("shipp");
  // @ts-expect-error -- nor such a state
  const wrongState = () => order.when("cancel").thenState("lost");
  // @ts-expect-error -- an amount is a number
  const wrongData = () => order.when("pay", { data: { amount: "30" } });
  // @ts-expect-error -- a parcel has no weight
  const wrongMember = () => order.when("cancel").thenState("shipped", { data: { weight: 3 } });
  expect([wrongEvent, wrongState, wrongData, wrongMember]).toHaveLength(4);
});
