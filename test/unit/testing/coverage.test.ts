/** What no test has reached is said; exceptions are exact; golden diagrams fail when what is seen drifts. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { create, createKit, matchGolden, none } from "../../../src/testing/index.ts";
import { lying } from "../../kit/lying.ts";
import { TICKET } from "../../kit/ticket.ts";

/** Two guarded transitions that nobody can tell apart, `*`, and one that is hidden behind it. */
const CHOICE = {
  name: "choice",
  starting_state: "a",
  states: ["a", "b", "c"],
  transitions: [
    { from: "a", to: "b", event: "go", guard: "event.data.n < 1" },
    { from: "a", to: "b", event: "go", guard: "event.data.n > 1" },
    { from: "*", to: "c", event: "stop" },
    { from: "b", to: "c", event: "stop" },
  ],
};

describe("coverage", () => {
  test("names the states and transitions that no scenario has reached, forks and timers counted in", async () => {
    const kit = createKit(TICKET);
    await kit
      .given(create())
      .when("assign")
      .thenState("assigned")
      .fork("parked", (it) => it.when("park").thenState("parked").after("PT1H").thenState("assigned"));
    const coverage = await kit.coverage();
    expect(coverage.toString()).toBe(`\
states: 3 of 4
  not reached: "resolved"
transitions: 3 of 4
  not taken: "assigned" → "resolved": "resolve"`);
    expect(coverage.isComplete).toBe(false);
    await expect(kit.assertCovered()).rejects.toThrow(
      'no scenario reaches the state "resolved"\nno scenario takes the transition "assigned" → "resolved": "resolve"',
    );
  });

  test("exceptions are for what is missing, and for nothing else", async () => {
    const kit = createKit(TICKET);
    await kit.given(create()).when("assign").thenState("assigned").when("park").thenState("parked");
    const states = ["resolved"];
    await kit.assertCovered({ states, transitions: [{ event: "wake" }, { to: "resolved" }] });
    await expect(kit.assertCovered({ states, transitions: [{}] })).resolves.toBeUndefined();
    await expect(kit.assertCovered({ states, transitions: [{ event: "wake" }] })).rejects.toThrow(/"resolve"$/);
    await expect(kit.assertCovered({ states: ["resolved", "new"], transitions: [{}] })).rejects.toThrow(
      'the exception for the state "new" is none',
    );
    await expect(kit.assertCovered({ states, transitions: [{}, { event: "park" }] })).rejects.toThrow(
      'the exception for the transition {"event":"park"} is none',
    );
  });

  test("transitions that only guards tell apart are one, and what is hidden is never taken", async () => {
    const kit = createKit(CHOICE);
    await kit
      .given(create())
      .when("go", { data: { n: 0 } })
      .thenState("b")
      .when("stop")
      .thenState("c");
    expect(String(await kit.coverage())).toBe(`\
states: 3 of 3
transitions: 2 of 3
  not taken: "b" → "c": "stop"`);
  });

  test.each([
    ["a state's own", ["a", "*"], ['"*" → "x": "e"']],
    ["that of every state", ["*", "a"], ['"a" → "x": "e"']],
  ])("of two that may have been taken the first counts: %s", async (_name, [first, second], missed) => {
    const kit = createKit({
      name: "star",
      starting_state: "a",
      states: ["a", "b", "x"],
      transitions: [
        { from: "a", to: "b", event: "next" },
        { from: "b", to: "a", event: "back" },
        { from: first, to: "x", event: "e", guard: "has(event.data.g)" },
        { from: second, to: "x", event: "e" },
      ],
    });
    await kit.given(create()).when("next").thenState("b").when("back").thenState("a");
    const taken = kit.given(create()).when("e", { data: { g: 1 } });
    await taken.thenState("x");
    expect(String(await kit.coverage())).toContain(`not taken: ${missed.join()}`);
    // From a state without a rule of its own it can only have been that of every state.
    await kit
      .given(create({ state: "b" }))
      .when("e", { data: { g: 1 } })
      .thenState("x");
    expect((await kit.coverage()).transitions.missed).toEqual(
      first === "a" ? [] : [{ from: "a", event: "e", to: "x" }],
    );
  });

  test("what happened while a long time passed counts, also what the machine has forgotten by then", async () => {
    const retiring = createKit({
      name: "retiring",
      starting_state: "a",
      states: ["a", "b"],
      transitions: [{ from: "a", to: "b", event: "end", after: "PT1S" }],
      retention: { final: "P1D" },
    });
    await retiring.given(create()).after("P2D").thenGone();
    await retiring.assertCovered();
    expect(await retiring.diagram()).toContain("s0 --> s1 : end");
    const forgetful = createKit({
      name: "forgetful",
      starting_state: "a",
      states: ["a", "b", "c"],
      transitions: [
        { from: "a", to: "a", event: "knock", after: "PT1M", guard: "false" },
        { from: "a", to: "b", event: "first", after: "PT1H" },
        { from: "b", to: "c", event: "second", after: "P40D" },
      ],
      retention: { history: "P1D", outcomes: "P1D" },
    });
    await forgetful.given(create()).after("P60D").thenState("c", { revision: 2 });
    await forgetful.assertCovered({ transitions: [{ event: "knock" }] });
    expect(await forgetful.diagram({ withRefusals: true })).toContain("%% error=GUARD_REJECTED\n  s0 --> s0 : ❌knock");
    expect((await forgetful.walk()).unreached).toEqual([]);
    await forgetful.fuzz({ runs: 10 });
  });

  test("the state in which a machine is found is reached, also where its history is not told", async () => {
    const target = lying(() => ({ listChanges: () => Promise.resolve([]) }));
    const kit = createKit(TICKET, { target });
    await kit.given(create()).when("assign").thenState("assigned").when("park").thenState("parked");
    expect((await kit.coverage()).states.missed).toEqual(["resolved"]);
  });

  test("a refused event and a failed scenario take no transition", async () => {
    const kit = createKit(TICKET);
    await kit
      .given(create({ state: "resolved" }))
      .when("assign")
      .thenRefused("NO_TRANSITION");
    expect((await kit.coverage()).transitions.reached).toEqual([]);
  });
});

describe("golden diagrams", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "detent-golden-"));
    vi.stubEnv("CI", "");
    vi.stubEnv("DETENT_UPDATE_GOLDEN", "");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(dir, { recursive: true, force: true });
  });

  const read = (name: string) => readFile(join(dir, name), "utf8");
  const seeSome = async () => {
    const kit = createKit(TICKET);
    await kit.given(create()).when("resolve").thenDeferred();
    await kit
      .given(create({ state: "parked" }))
      .when("park")
      .thenIgnored()
      .after("PT1H")
      .thenState("assigned");
    await kit.given(none()).when("park").thenRefused("MACHINE_NOT_FOUND");
    await kit
      .given(create({ state: "assigned" }))
      .when("assign")
      .thenRefused("NO_TRANSITION");
    return kit;
  };

  test("are what the tests have seen, with and without what was refused", async () => {
    const kit = await seeSome();
    await kit.golden(pathToFileURL(join(dir, "ticket.test.ts")).href);
    expect(await read("ticket.state_diagram.mmd")).toBe(`\
stateDiagram-v2
  state "new" as s0
  state "assigned" as s1
  state "parked" as s2
  [*] --> s0 : create
  [*] --> s1 : create
  [*] --> s2 : create
  s2 --> s1 : wake
`);
    expect(await read("ticket.state_diagram_with_errors.mmd")).toBe(`\
stateDiagram-v2
  state "new" as s0
  state "assigned" as s1
  state "parked" as s2
  [*] --> s0 : create
  [*] --> s1 : create
  [*] --> s2 : create
  %% error=MACHINE_NOT_FOUND
  [*] --> [*] : ❌park
  s0 --> s0 : resolve (deferred)
  %% error=NO_TRANSITION
  s1 --> s1 : ❌assign
  s2 --> s2 : park (ignored)
  s2 --> s1 : wake
`);
  });

  test("have the events that a machine sent to itself and refused", async () => {
    const [wake] = TICKET.transitions.filter(({ event }) => event === "wake");
    const others = TICKET.transitions.filter(({ event }) => event !== "wake");
    const kit = createKit({ ...TICKET, transitions: [...others, { ...wake, guard: "has(data.rested)" }] });
    await kit
      .given(create({ state: "parked" }))
      .after("PT1H")
      .thenState("parked", { revision: 0 });
    expect(await kit.diagram({ withRefusals: true })).toContain("%% error=GUARD_REJECTED\n  s2 --> s2 : ❌wake");
    expect(await kit.diagram()).not.toContain("wake");
  });

  test("have nothing of what only a caller gets wrong", async () => {
    const kit = createKit(TICKET);
    await kit.given(create()).when("assign", { expectedState: "parked" }).thenRefused("STATE_MISMATCH");
    await kit.given(create()).when("assign", { originator: "timer" }).thenRefused("INVALID_ARGUMENT");
    expect(await kit.diagram({ withRefusals: true })).not.toContain("❌");
  });

  test("do not depend on the order in which it was seen", async () => {
    const [forwards, backwards] = [createKit(TICKET), createKit(TICKET)];
    const scenarios = [
      (kit: typeof forwards) =>
        kit.given(create()).when("assign").thenState("assigned").when("park").thenState("parked"),
      (kit: typeof forwards) =>
        kit
          .given(create({ state: "parked" }))
          .when("wake")
          .thenState("assigned"),
      (kit: typeof forwards) =>
        kit
          .given(create({ state: "resolved" }))
          .when("wake")
          .thenRefused(),
    ];
    for (const scenario of scenarios) await scenario(forwards).run();
    for (const scenario of scenarios.toReversed()) await scenario(backwards).run();
    const withRefusals = true;
    expect(await forwards.diagram({ withRefusals })).toBe(await backwards.diagram({ withRefusals }));
  });

  test("fail with the lines that differ when what is seen drifts, and are written anew with one flag", async () => {
    const prefix = join(dir, "ticket");
    const kit = await seeSome();
    await kit.golden(prefix);
    await kit.golden(prefix);
    await kit
      .given(create({ state: "assigned" }))
      .when("resolve")
      .thenState("resolved");
    await expect(kit.golden(prefix)).rejects.toThrow(
      /\+ {3}state "resolved" as s3\n\+ {3}s1 --> s3 : resolve\n[^]*DETENT_UPDATE_GOLDEN=1/,
    );
    expect(await read("ticket.state_diagram.mmd")).not.toContain("resolved");
    vi.stubEnv("DETENT_UPDATE_GOLDEN", "1");
    await kit.golden(prefix);
    vi.stubEnv("DETENT_UPDATE_GOLDEN", "");
    await kit.golden(prefix);
    expect(await read("ticket.state_diagram_with_errors.mmd")).toContain("s1 --> s3 : resolve");
    const drifted = (await read("ticket.state_diagram.mmd")).replace("s1 --> s3", "s3 --> s1");
    await writeFile(join(dir, "ticket.state_diagram.mmd"), drifted);
    await expect(kit.golden(prefix)).rejects.toThrow(/- {3}s3 --> s1 : resolve\n\+ {3}s1 --> s3 : resolve/);
  });

  test("of two kits are not written over each other, unless they have seen the same", async () => {
    const place = pathToFileURL(join(dir, "both.test.ts"));
    const [one, same, other] = [await seeSome(), await seeSome(), createKit(TICKET)];
    await other.given(create()).when("assign").thenState("assigned");
    vi.stubEnv("DETENT_UPDATE_GOLDEN", "1");
    await one.golden(place);
    await same.golden(place);
    const before = await read("both.state_diagram.mmd");
    await expect(other.golden(place)).rejects.toThrow(
      expect.objectContaining({
        name: "UsageError",
        message: expect.stringMatching(/golden file of two kits.*golden\(new URL/),
      }),
    );
    expect(await read("both.state_diagram.mmd")).toBe(before);
    vi.stubEnv("DETENT_UPDATE_GOLDEN", "");
    await expect(other.golden(place)).rejects.toThrow("golden file of two kits");
    await other.golden(new URL("./both-others", place));
    expect(await read("both-others.state_diagram.mmd")).toContain("s0 --> s1 : assign");
  });

  test("that are not there are written, but not in CI", async () => {
    const file = join(dir, "deep/down/text.md");
    vi.stubEnv("CI", "true");
    await expect(matchGolden(file, "text\n")).rejects.toThrow("there is no golden file");
    await expect(read("deep/down/text.md")).rejects.toThrow("ENOENT");
    await matchGolden(file, "text\n", { update: true });
    await matchGolden(pathToFileURL(file), "text\n");
    await writeFile(file, "text\r\n");
    await matchGolden(file, "text\n");
    await expect(matchGolden(file, "text")).rejects.toThrow("no longer what is seen");
  });

  test("of hostile names stay lines of a diagram", async () => {
    const [first, second, event] = ["a\n  s0 --> s1 : forged", '"]} %% \u202e;', "-->\r\n[*] : x #59;"];
    const kit = createKit({
      name: "hostile",
      starting_state: first,
      states: [first, second],
      transitions: [{ from: first, to: second, event }],
    });
    await kit.given(create()).when(event).thenState(second).when(event).thenRefused();
    const lines = (await kit.diagram({ withRefusals: true })).trimEnd().split("\n");
    const safe =
      /^(?:stateDiagram-v2| {2}state "[\p{L}\p{N} _.#;-]+" as s\d| {2}%% error=[A-Z_]+| {2}(?:s\d|\[\*\]) --> (?:s\d|\[\*\])(?: : ❌?[\p{L}\p{N} _.#;-]+)?)$/u;
    expect(lines.filter((line) => !safe.test(line))).toEqual([]);
    expect(lines).toHaveLength(8);
  });
});
