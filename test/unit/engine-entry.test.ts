/** `detent/engine` as others use it: what stands on its page is true, and what it reads is what the service reads. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { checkConfigurationSource } from "../../src/service/configurations.ts";
import { compileConfiguration, eventOf, readConfiguration, start, step } from "../../src/engine/index.ts";
import { readProgram } from "../pages.ts";
import { CONFIGURATIONS } from "./fuzz/samples.ts";

const orders = {
  name: "orders",
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "a", event: "back", after: "PT1M" },
  ],
};

test("the program of docs/engine.md prints what the page says", async () => {
  const { source, prints } = await readProgram("docs/engine.md", "ts");
  expect(prints.length).toBeGreaterThan(10);
  const dir = await mkdtemp(join(tmpdir(), "detent-engine-"));
  try {
    const entry = pathToFileURL(join(import.meta.dirname, "../../src/engine/index.ts")).href;
    await writeFile(join(dir, "page.ts"), source.replaceAll('"detent/engine"', JSON.stringify(entry)));
    await writeFile(join(dir, "package.json"), '{"type": "module"}');
    const { stdout } = await promisify(execFile)(process.execPath, [join(dir, "page.ts")]);
    expect(stdout.trimEnd().split("\n")).toEqual(prints);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

describe("start and step", () => {
  const compiled = compileConfiguration(orders);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const { configuration } = compiled;

  test("nothing that is given is changed, and the same is told each time", () => {
    const snapshot = Object.freeze({ state: "a", revision: 3, data: Object.freeze({ n: 1 }) });
    const event = Object.freeze({ name: "go" });
    const once = step(configuration, snapshot, event, 5);
    expect(once).toMatchObject({ kind: "transitioned", next: { state: "b", revision: 4, data: { n: 1 } } });
    expect(once).toMatchObject({ timers: [{ event: "back", to: "a", dueAt: 60_005 }] });
    expect(step(configuration, snapshot, event, 5)).toEqual(once);
  });

  test("a beginning that is not allowed says which rule forbids it", () => {
    const begun = start(configuration, { state: "c" }, 0);
    expect(begun).toMatchObject({ ok: false, rule: "initial_state", violations: [{ pointer: "/state", value: "c" }] });
  });

  test("a timer's event says of itself what the service says of it", () => {
    const begun = start(configuration, { state: "b", data: { n: 1 } }, 0);
    const [timer] = begun.ok ? begun.timers : [];
    expect(begun.ok && timer && eventOf(begun.next, timer)).toEqual({
      name: "back",
      id: "timer:0:1",
      originator: "timer",
      timestamp: 60_000,
    });
  });

  test("what expressions read of an event is what is sent, or nothing", () => {
    const fields = "[event.id, event.name, event.details, event.originator, string(event.timestamp), string(now)]";
    const reading = compileConfiguration({
      ...orders,
      transitions: [{ from: "a", to: "b", event: "go", assign: { read: fields, data: "event.data" } }],
    });
    if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
    const read = (event: object): unknown => {
      const stepped = step(
        reading.configuration,
        { state: "a", revision: 0, data: {} },
        { name: "go", ...event },
        1_000,
      );
      return stepped.kind === "transitioned" ? stepped.next.data : stepped;
    };
    const second = "1970-01-01T00:00:01Z";
    expect(read({})).toEqual({ read: ["", "go", "", "", second, second], data: {} });
    const sent = { id: "e1", details: "why", originator: "shop", timestamp: 0, data: { n: 1 } };
    expect(read(sent)).toEqual({
      read: ["e1", "go", "why", "shop", "1970-01-01T00:00:00Z", second],
      data: { n: 1 },
    });
  });

  test("checking by the engine finds what the service finds", () => {
    for (const sample of CONFIGURATIONS) {
      const reading = readConfiguration(sample);
      if (!reading.ok) throw new Error(JSON.stringify(reading.violations));
      const compilation = compileConfiguration(reading.source);
      const findings = compilation.ok ? compilation.warnings : [...compilation.errors, ...compilation.warnings];
      expect(findings).toEqual(checkConfigurationSource(sample).findings);
    }
  });
});
