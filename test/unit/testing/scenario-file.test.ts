/** Files of scenarios: what they can say, what they demand, and what is wrong with them, with its line. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runScenarios, ScenarioFileError } from "../../../src/testing/index.ts";
import { ORDER } from "../../kit/order.ts";
import { TICKET } from "../../kit/ticket.ts";

const configuration = (of: object) => `configuration: ${JSON.stringify(of)}\n`;
const ticket = configuration(TICKET);
const order = configuration(ORDER);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-scenarios-"));
  vi.stubEnv("CI", "");
  vi.stubEnv("DETENT_UPDATE_GOLDEN", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

/** What a file that passes makes of its scenarios; fails with what they failed with. */
async function pass(text: string) {
  const result = await runScenarios(text, { file: join(dir, "a.yaml") });
  expect(result.scenarios.map(({ name, message }) => `${name}: ${message ?? "passed"}`)).toEqual(
    result.scenarios.map(({ name }) => `${name}: passed`),
  );
  return result;
}

/** What is wrong with a file, a line each, without its name. */
async function problemsOf(text: string): Promise<string[]> {
  const error = await runScenarios(text, { file: "/tmp/a.yaml" }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ScenarioFileError)) throw new Error("the file was read", { cause: error });
  expect(error.message.split("\n")[0]).toBe(`/tmp/a.yaml:${error.problems[0]?.line}: ${error.problems[0]?.message}`);
  return error.problems.map(({ line, message }) => `${line}: ${message}`);
}

test("everything can be said that a scenario can say", async () => {
  const result = await pass(`${order}
scenarios:
  - name: an order goes its way
    given: { data: { price: 1, quantity: 2 }, labels: { customer: c-1 } }
    then: { state: pending, revision: 0, labels: { customer: c-1 }, allowed: [mark processing] }
    steps:
      - when: mark processing
        data: { worker: anna }
        event_id: e-1
        expected_state: pending
        expected_revision: 0
        details: by hand
        originator: the warehouse
        then: { state: processing, data: { worker: anna }, final: false }
      - when: mark processing
        data: { worker: anna }
        event_id: e-1
        details: by hand
        duplicate: true
      - create: { data: { price: 1, quantity: 2 } }
        refused: MACHINE_EXISTS
      - fork: it is cancelled
        steps:
          - when: cancel
            data: { reason: out of stock }
            then:
              state: cancelled
              exact_data: { price: 1, quantity: 2, worker: anna, reason: out of stock }
          - fork: and stays so
            steps:
              - { when: recover, refused: { reason: NO_TRANSITION, message: it is final } }
      - when: cancel
        refused: { reason: SCHEMA_REJECTED, pointer: /data/reason, rule: required }
      - when: complete
        data: { worker: bob }
        then: completed
  - name: nobody is there
    given: none
    steps:
      - { when: recover, refused: MACHINE_NOT_FOUND }
      - { when: mark processing, data: { worker: a }, create_if_missing: { data: { price: 1, quantity: 1 } }, then: processing }
  - name: an order without a price
    given: { data: {} }
    refused: { pointer: /data/price }
`);
  expect(result.scenarios.map(({ line }) => line)).toEqual([4, 38, 43]);
  await pass(`${ticket}
scenarios:
  - name: a ticket waits, is woken, and ends
    steps:
      - { when: resolve, deferred: true }
  - name: a ticket is parked
    given: { state: parked }
    steps:
      - { when: park, ignored: true }
      - { after: 59m59s, then: parked }
      - { after: 1s, then: assigned }
`);
  await pass(`${configuration({ ...TICKET, retention: { final: "P1D" } })}
scenarios:
  - { name: a ticket is retired, given: { state: resolved }, steps: [{ after: P1D, gone: true }] }
`);
});

test("camelCase and JSON are read as well", async () => {
  await pass(
    `{ "configuration": ${JSON.stringify(TICKET)}, "scenarios": [{ "name": "a", "then": { "state": "new", "exactData": {} } }] }`,
  );
});

test("a scenario that fails does so at the line of its step, and the others go on", async () => {
  const { passed, scenarios } = await runScenarios(`${ticket}
scenarios:
  - name: wrong
    steps:
      - { when: assign, then: assigned }
      - { when: assign, then: assigned }
  - name: right
    then: new
  - name: wrong in a fork
    steps:
      - fork: the fork
        steps:
          - { when: assign, then: new }
  - name: wrong from the beginning
    given: { state: nowhere }
    then: nowhere
`);
  expect(passed).toBe(false);
  expect(scenarios.map(({ passed: isGreen, line, failedLine }) => [isGreen, line, failedLine])).toEqual([
    [false, 4, 7],
    [true, 8, undefined],
    [false, 10, 14],
    [false, 15, 16],
  ]);
  expect(scenarios[2]?.message).toMatch(/^step 2 of the fork "the fork", "assign": expected the state "new"/);
});

test("each scenario is told of when it is over", async () => {
  const told: string[] = [];
  const onScenario = ({ name, passed }: { name: string; passed: boolean }) => void told.push(`${name} ${passed}`);
  await runScenarios(`${ticket}scenarios: [{ name: a, then: new }, { name: b, then: parked }]`, { onScenario });
  expect(told).toEqual(["a true", "b false"]);
});

test("scenarios are called off between two of them, between steps, and while time passes", async () => {
  const reason = new Error("called off");
  const [early, between, meanwhile] = [new AbortController(), new AbortController(), new AbortController()];
  early.abort(reason);
  const two = `${ticket}scenarios: [{ name: a, then: new }, { name: b, then: new }]`;
  await expect(runScenarios(two, { signal: early.signal })).rejects.toBe(reason);
  const told: string[] = [];
  const onScenario = ({ name }: { name: string }) => {
    told.push(name);
    between.abort(reason);
  };
  await expect(runScenarios(two, { signal: between.signal, onScenario })).rejects.toBe(reason);
  expect(told).toEqual(["a"]);
  const clock = {
    name: "clock",
    starting_state: "tick",
    states: ["tick", "tock"],
    transitions: [
      { from: "tick", to: "tock", event: "go", after: "PT1H" },
      { from: "tock", to: "tick", event: "go", after: "PT1H" },
    ],
  };
  // Ten years by the hour: long enough for anybody to lose patience.
  const years = `${configuration(clock)}scenarios: [{ name: years, steps: [{ after: P3650D, then: tick }] }]`;
  setTimeout(() => meanwhile.abort(reason), 1);
  await expect(runScenarios(years, { signal: meanwhile.signal })).rejects.toBe(reason);
});

describe("demands beyond the scenarios", () => {
  const scenarios = "scenarios: [{ name: a, steps: [{ when: assign, then: assigned }] }]\n";

  test("coverage is told always, and demanded where it is", async () => {
    const free = await pass(`${ticket}${scenarios}`);
    expect([free.passed, free.problems]).toEqual([true, []]);
    expect(free.coverage.states.missed).toEqual(["parked", "resolved"]);
    const states = await pass(`${ticket}${scenarios}coverage: { states: all }`);
    expect(states.problems).toEqual([
      { line: 3, message: 'no scenario reaches the state "parked"' },
      { line: 3, message: 'no scenario reaches the state "resolved"' },
    ]);
    expect(states.passed).toBe(false);
    const all = await pass(`${ticket}${scenarios}coverage: all`);
    expect(all.problems).toHaveLength(5);
    const except = "except: { states: [parked, resolved], transitions: [{ from: assigned }, { event: wake }] }";
    const excused = await pass(`${ticket}${scenarios}coverage: { states: all, transitions: all, ${except} }`);
    expect(excused.passed).toBe(true);
  });

  test("golden files stand beside it, are compared, and are left alone where a scenario fails", async () => {
    const text = `${ticket}${scenarios}golden: ./ticket`;
    await pass(text);
    expect((await readdir(dir)).toSorted()).toEqual([
      "ticket.state_diagram.mmd",
      "ticket.state_diagram_with_errors.mmd",
    ]);
    const drifted = `${ticket}scenarios: [{ name: a, then: new }]\ngolden: ./ticket`;
    const result = await pass(drifted);
    expect(result.passed).toBe(false);
    expect(result.problems).toMatchObject([{ line: 3, message: expect.stringContaining("-   s0 --> s1 : assign") }]);
    const red = drifted.replace("then: new", "then: parked");
    expect((await runScenarios(red, { file: join(dir, "a.yaml"), update: true })).problems).toEqual([]);
    expect((await pass(text)).passed).toBe(true);
    expect((await runScenarios(drifted, { file: join(dir, "a.yaml"), update: true })).passed).toBe(true);
    expect((await pass(drifted)).passed).toBe(true);
  });

  test("a golden file that cannot be written is a problem beside the results", async () => {
    await writeFile(join(dir, "file"), "no directory");
    const { passed, problems } = await pass(`${ticket}${scenarios}golden: ./file/ticket`);
    expect(passed).toBe(false);
    expect(problems).toMatchObject([{ line: 3, message: expect.stringMatching(/golden file .* cannot be/) }]);
  });

  test("a configuration is looked for beside the file", async () => {
    await writeFile(join(dir, "ticket.yaml"), JSON.stringify(TICKET));
    await pass(`configuration: ./ticket.yaml\n${scenarios}`);
  });
});

describe("what is wrong with a file is said, all of it, with its line", () => {
  const scenarios = "scenarios: [{ name: a, then: new }]\n";

  test.each<[string, string, string[]]>([
    ["no YAML", "scenarios: [", [expect.stringMatching(/^1: /)]],
    ["nothing", "", ["1: the file: must be a JSON object, but is null"]],
    ["an anchor", `${ticket}scenarios: &a []`, ["2: an anchor (&) is not read; nothing may refer to it"]],
    ["no configuration", scenarios, [expect.stringContaining("1: configuration (in full")]],
    ["two configurations", `${ticket}config_id: a:v1\n${scenarios}`, [expect.stringContaining("one of them")]],
    ["no such file", `configuration: ./nothing.json\n${scenarios}`, [expect.stringContaining("/tmp/nothing.json")]],
    ["an unknown field", `${ticket}${scenarios}golder: x`, ['3: there is no field "golder" in the file']],
    ["no scenario", `${ticket}scenarios: []`, ["2: there are no scenarios"]],
    [
      "a demand of nothing",
      `${ticket}${scenarios}coverage: {}`,
      ["3: coverage demands all states, all transitions, or both"],
    ],
    [
      "a demand of most",
      `${ticket}${scenarios}coverage: { states: most }`,
      ['3: states: must be "all", but is "most"'],
    ],
  ])("%s", async (_name, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test("a configuration that the target cannot have", async () => {
    const text = `golden: ./here\nconfig_id: orders:v1\n${scenarios}`;
    expect(await problemsOf(text)).toEqual([expect.stringContaining("2: in memory there is no stored configuration")]);
  });

  test("in scenarios and steps, which are named", async () => {
    const text = `${ticket}
scenarios:
  - name: first
    givn: none
  - name: second
    given: nothing
    steps:
      - wen: assign
      - { when: assign, after: 1s, then: assigned }
      - when: assign
      - { when: assign, then: assigned, refused: NO_TRANSITION }
      - { when: assign, ignored: false }
      - { when: assign, then: { sate: assigned } }
      - { when: 7, then: assigned }
      - { after: soon, then: assigned }
      - { after: 1s, refused: NO_TRANSITION }
      - { fork: empty, steps: [] }
      - fork: deep
        steps:
          - { when: assign, data: 7, then: assigned }
  - name: second
    then: new
  - name: empty
  - name: none
    given: none
    then: new
`;
    expect(await problemsOf(text)).toEqual([
      '5: scenario 1: there is no field "givn" in a scenario',
      '7: scenario "second": given must be none, or an object with state, data and labels, but is "nothing"',
      '9: scenario "second", step 1: a step has one of when, create, after and fork; this one has none of them',
      '10: scenario "second", step 2: a step has one of when, create, after and fork; this one has when and after',
      '11: scenario "second", step 3: what comes of a step is told by one of then, refused, ignored, deferred, duplicate and gone; this one has none of them',
      '12: scenario "second", step 4: what comes of a step is told by one of then, refused, ignored, deferred, duplicate and gone; this one has then and refused',
      '13: scenario "second", step 5: ignored: must be true, but is false',
      '14: scenario "second", step 6: state is required',
      '14: scenario "second", step 6: there is no field "sate" in then',
      '15: scenario "second", step 7: when: must be a string, but is 7',
      '16: scenario "second", step 8: after must be a duration like PT30M or 30m, but is "soon"',
      '17: scenario "second", step 9: there is no field "refused" in a step',
      '18: scenario "second", step 10: a fork has at least one step',
      '21: scenario "second", step 11: data: must be a JSON object, but is 7',
      '22: scenario "second": there is another scenario with this name',
      '24: scenario "empty": the scenario has neither steps nor an outcome: it tests nothing',
      '25: scenario "none": without a machine nothing has happened yet: then and refused belong to a step',
    ]);
  });

  test("in the configuration, at its own line", async () => {
    const text = `configuration:
  name: a
  starting_state: b
  states: [c, d]
  transitions:
    - { from: c, to: d, event: e }
${scenarios}`;
    expect(await problemsOf(text)).toEqual(['3: The starting_state "b" is not one of the states.']);
  });

  test("forks that nest without end", async () => {
    const nest = (depth: number): object =>
      depth === 0 ? { when: "assign", ignored: true } : { fork: "f", steps: [nest(depth - 1)] };
    const text = JSON.stringify({ configuration: TICKET, scenarios: [{ name: "deep", steps: [nest(18)] }] });
    expect(await problemsOf(text)).toEqual([expect.stringContaining("nest at most 16 deep")]);
  });
});
