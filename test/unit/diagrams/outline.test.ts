import { expect, test } from "vitest";
import { renderOutline } from "../../../src/diagram/outline.ts";
import { loadConfiguration } from "../../../src/engine/compile-configuration.ts";

const configuration = loadConfiguration({
  name: "orders",
  starting_state: "start",
  states: ["start", "pending", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship", guard: "data.paid" },
    { from: "pending", to: "cancelled", event: "expire", after: "P2D" },
    { from: "*", to: "cancelled", event: "cancel" },
  ],
});

test("each state has its events below it, and what * stands for is told once", () => {
  expect(renderOutline(configuration)).toBe(`  start (start)
    └─ accept ─▶ pending
  pending
    ├─ ship [data.paid] ─▶ shipped
    └─ expire after P2D ─▶ cancelled
  shipped (final)
  cancelled (final)
  any state that is not final
    └─ cancel ─▶ cancelled
`);
});

test("a machine's state and what it took are marked", () => {
  const marks = { current: "pending", taken: [{ from: "start", to: "pending", event: "accept" }] };
  const [first, second, third] = renderOutline(configuration, marks).split("\n");
  expect([first, second, third]).toEqual(["✓ start (start)", "    └─ ✓ accept ─▶ pending", "▶ pending"]);
});

test("names reach a terminal as text only", () => {
  const hostile = loadConfiguration({
    name: "x",
    starting_state: "\u001b[2Ja\nb",
    states: ["\u001b[2Ja\nb", "\u202edone"],
    transitions: [{ from: "\u001b[2Ja\nb", to: "\u202edone", event: "e\u0007" }],
  });
  expect(renderOutline(hostile)).toBe("  ␛[2Ja␊b (start)\n    └─ e␇ ─▶ \ufffddone\n  \ufffddone (final)\n");
});
