/** Configurations as somebody uploads them: read, checked, compiled and lived by, or refused with findings. */
import * as fc from "fast-check";
import { parseJson } from "../../../src/body.ts";
import { listAllowedEvents } from "../../../src/engine/allowed-events.ts";
import { compileConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { Configuration } from "../../../src/engine/configuration.ts";
import { start, step } from "../../../src/engine/step.ts";
import { SHAPES } from "../../../src/http/shapes.ts";
import { parseShape } from "../../../src/shape.ts";
import { configurations, toSource } from "../reference/configuration.ts";
import { askJson } from "./doors.ts";
import { editJson } from "./json-tree.ts";
import { edits, editText, fewEdits } from "./mutations.ts";
import { CONFIGURATIONS } from "./samples.ts";
import { ACCEPTED, fuzz, refuseBugs, refuseNaN, type Target } from "./target.ts";

const NOW = 1_790_000_000_000;

const made = configurations({
  states: ["a", "b", "__proto__", "état 1"],
  events: ["go", "__proto__", "stop"],
  guards: 60,
  timers: 30,
  schemas: 60,
  unhandled: [undefined, "reject", "ignore", "defer"],
}).map((reference): object => toSource(reference));

const texts: fc.Arbitrary<string> = fc
  .record({
    sample: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<object>(...CONFIGURATIONS) },
      { weight: 1, arbitrary: made },
    ),
    inTree: edits,
    inText: fewEdits,
  })
  .map(({ sample, inTree, inText }) => editText(editJson(sample, inTree), inText));

const target: Omit<Target<string>, "name" | "feed"> = {
  inputs: texts,
  describe: (text) => JSON.stringify(text),
  accepted: 0.2,
  reasons: 18,
};

fuzz({
  ...target,
  name: "a configuration is compiled, or refused with findings",
  feed: (text) => {
    const source = parseShape(SHAPES.configuration, parseJson(text), "the body");
    const compiled = compileConfiguration(source);
    const findings = compiled.ok ? compiled.warnings : compiled.errors;
    refuseNaN(findings);
    for (const { message } of findings) refuseBugs(message);
    if (!compiled.ok) return `finding ${findings[0]?.code}`;
    live(compiled.configuration);
    return ACCEPTED;
  },
});

fuzz({
  ...target,
  name: "POST /api/v1/configurations:check answers what it finds",
  share: 0.25,
  feed: async (text) => {
    const answer = await askJson("/api/v1/configurations:check", { method: "POST", body: text });
    if (answer.status !== 200) return answer.outcome;
    const { valid, findings } = answer.body as { valid: boolean; findings: readonly { code: string }[] };
    return valid ? ACCEPTED : `finding ${findings[0]?.code}`;
  },
});

/** Whatever was accepted can be lived by: no step of it may throw. */
function live(configuration: Configuration): void {
  const data = { amount: 12.5, at: "2026-11-24T09:30:00Z", n: 1, notes: ["x"] };
  const started = start(configuration, { data, now: NOW });
  refuseNaN(started);
  const snapshot = started.ok ? started.next : { state: configuration.startingState, revision: 0, data };
  refuseNaN(listAllowedEvents(configuration, snapshot, NOW));
  for (const name of [...configuration.events.slice(0, 5), "nothing"]) {
    const event = {
      id: "e",
      name,
      data: { amount: 3, items: ["a"] },
      details: "gift",
      originator: "o",
      timestamp: NOW,
    };
    refuseNaN(step(configuration, snapshot, event, NOW));
  }
}
