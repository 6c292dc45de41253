/**
 * The order's tests, by `detent/testing` (docs/testing.md): `node --test examples/self-healing-order/order.test.ts`. On the
 * machine itself in memory, where two days are over at once; or, with `DETENT_URL`, on a running service.
 */
import test from "node:test";
import { create, createKit, inMemory, service } from "../../src/testing/index.ts";

const { DETENT_URL, DETENT_KEY } = process.env;
const target = DETENT_URL === undefined ? inMemory() : service({ url: DETENT_URL, key: DETENT_KEY });
const kit = createKit(new URL("./order.json", import.meta.url), { target });

const declined = { data: { error: "card declined" } };
const charging = kit
  .given(create())
  .thenState("cart")
  .when("order")
  .thenState("charging", { data: { attempts: 1 } });
const failed = charging
  .when("charge_failed", declined)
  .thenState("charge_failed", { data: { error: "card declined" } });

test("an order is charged", async () => {
  await charging
    .when("charged")
    .thenRefused("SCHEMA_REJECTED", { pointer: "/data/payment" })
    .when("charged", { data: { payment: "p-1" } })
    .thenState("paid", { data: { payment: "p-1", attempts: 1 }, final: true });
});

test("a charge that fails is tried again by itself, one second later and then two", async () => {
  await failed
    .after("PT1S")
    .thenState("charging", { data: { attempts: 2 } })
    .when("charge_failed", declined)
    .thenState("charge_failed")
    .after("PT2S")
    .thenState("charging", { data: { attempts: 3 } })
    .fork("it goes through", (it) => it.when("charged", { data: { payment: "p-3" } }).thenState("paid"))
    .when("charge_failed", declined)
    .thenState("charge_failed");
});

test("after three attempts it asks for help, and an operator may try anew", async () => {
  const retried = failed.when("retry").thenState("charging").when("charge_failed", declined).thenState("charge_failed");
  await retried
    .when("retry")
    .thenState("charging", { data: { attempts: 3 } })
    .when("charge_failed", declined)
    .thenState("charge_failed")
    .after("PT3S")
    .thenState("needs_attention", { allowed: ["retry", "cancel"] })
    .fork("given up", (it) => it.when("cancel").thenState("cancelled"))
    .when("retry")
    .thenState("charging", { data: { attempts: 1 } });
});

test("a report says what has failed, or it is none", async () => {
  await charging.when("charge_failed").thenRefused("SCHEMA_REJECTED", { pointer: "/data/error", rule: "required" });
});

test("an order is cancelled wherever it is, and not when it is paid", async () => {
  await kit.given(create()).when("cancel").thenState("cancelled").when("order").thenRefused("NO_TRANSITION");
  await charging.when("cancel").thenState("cancelled");
  await failed.when("cancel").thenState("cancelled");
  await charging
    .when("charged", { data: { payment: "p-1" } })
    .thenState("paid")
    .when("cancel")
    .thenRefused("NO_TRANSITION");
});

test("an order begins as a cart", async () => {
  await kit.given(create({ state: "paid", data: { payment: "none" } })).thenRefused("INVALID_ARGUMENT");
});

// A service's clock cannot be set, and half a minute is too long to wait.
const inNoTime = { skip: DETENT_URL !== undefined };

test("a charge that fails is not tried again before its time", inNoTime, async () => {
  await failed
    .fork("at first", (it) => it.after("999ms").thenState("charge_failed", { revision: 2 }))
    .after("PT1S")
    .thenState("charging")
    .when("charge_failed", declined)
    .thenState("charge_failed")
    .after("1999ms")
    .thenState("charge_failed", { revision: 4 });
});

test("a consumer that never reports is a charge that failed", inNoTime, async () => {
  await charging
    .after("PT29S")
    .thenState("charging")
    .after("PT1S")
    .thenState("charge_failed", { data: { error: "the payment provider did not answer" } });
});

test("every transition is tested", inNoTime, () => kit.assertCovered());

function hasPayment({ state, data }: { state: string; data: { payment?: unknown } }): boolean {
  return state !== "paid" || typeof data.payment === "string";
}

test("whatever happens, a paid order has its payment", inNoTime, async () => {
  const samples = { charge_failed: [declined.data], charged: [{ payment: "p-1" }, {}] };
  (await kit.walk({ samples, check: hasPayment })).assertCovered();
  await kit.fuzz({ samples, check: hasPayment });
});

test("the diagrams are what these tests have seen", inNoTime, () => kit.golden(import.meta.url));
