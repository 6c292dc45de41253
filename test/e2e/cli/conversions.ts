/** `import ...` and `export ...` */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ordersConfiguration, type Cli } from "./cli.ts";

const MACHINE = {
  id: "parcel",
  initial: "idle",
  context: {},
  states: {
    idle: { entry: ["greet"], on: { GO: { target: "busy", guard: "isPaid" } } },
    busy: { after: { 60000: "done" } },
    done: { type: "final" },
  },
};

const CHART = `current_state: green
states:
  - name: green
    func: increment
    current: {key: count, value: 0}
    target: {name: red, when: {key: count, value: 1}}
  - name: red
`;

export function testConversions(cli: () => Cli): void {
  test("import xstate writes a configuration that the service takes, and tells what it left out", async () => {
    const file = await cli().write("machine.json", JSON.stringify(MACHINE, null, 2));
    const refused = await cli().refusal(1, "import", "xstate", file);
    expect(refused).toMatch(/machine\.json:13:\d+: error: the guard "isPaid" needs an expression: --guard/);
    const yaml = join(cli().dir, "parcel.yaml");
    const args = ["import", "xstate", file, "--guard", "isPaid=data.paid", "--as", "parcel:v2", "-o", yaml];
    const ran = await cli().run(args);
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toMatch(/machine\.json:\d+:\d+: warning: entry is left out/);
    expect(await cli().text("config", "create", yaml)).toBe("parcel:v2\n");
    expect(await cli().json("config", "get", "parcel:v2")).toMatchObject({
      starting_state: "idle",
      transitions: [
        { from: "idle", to: "busy", event: "GO", guard: "data.paid" },
        { from: "busy", to: "done", event: "after_PT1M", after: "PT1M" },
      ],
    });
    const stdin = await cli().run(["import", "xstate", "-", "--json"], { input: JSON.stringify(MACHINE) });
    expect(stdin.code).toBe(1);
    expect(JSON.parse(stdin.stdout)).toMatchObject({
      configuration: null,
      findings: [{ severity: "warning", pointer: "/states/idle/entry" }, { pointer: "/states/idle/on/GO/guard" }],
    });
    const unchecked = { ...MACHINE, states: { ...MACHINE.states, idle: { on: { GO: "busy" } }, attic: {} } };
    const lonely = await cli().write("lonely.json", unchecked);
    expect(await cli().refusal(1, "import", "xstate", lonely)).toMatch(/the configuration: error: .*attic/);
  });

  test("import xstate --json prints one document, which names the file that was written", async () => {
    const file = await cli().write("plain.json", {
      ...MACHINE,
      states: { ...MACHINE.states, idle: { on: { GO: "busy" } } },
    });
    const yaml = join(cli().dir, "plain.yaml");
    const whole = await cli().json("import", "xstate", file, "-o", yaml);
    expect(whole).toMatchObject({ configuration: { name: "parcel" }, findings: [], file: yaml });
    expect(await readFile(yaml, "utf8")).toBe(await cli().text("import", "xstate", file));
    expect((await cli().run(["import", "xstate", file, "--json", "-o", yaml])).stderr).toBe(`written: ${yaml}\n`);
    const { file: _file, ...rest } = whole as { file: string };
    expect(await cli().json("import", "xstate", file)).toEqual(rest);
    expect(await cli().json("import", "xstate", file, "-o", "-")).toEqual(rest);
    const nowhere = join(cli().dir, "nowhere", "plain.yaml");
    expect(await cli().run(["import", "xstate", file, "--json", "-o", nowhere])).toMatchObject({ code: 2, stdout: "" });
    const faulty = await cli().write("guarded.json", MACHINE);
    const unwritten = join(cli().dir, "guarded.yaml");
    const refused = await cli().run(["import", "xstate", faulty, "--json", "-o", unwritten]);
    expect(JSON.parse(refused.stdout)).not.toHaveProperty("file");
    await expect(readFile(unwritten)).rejects.toThrow("ENOENT");
  });

  test("import xstate --as takes one version, and no more behind it", async () => {
    const file = await cli().write("named.json", {
      ...MACHINE,
      states: { ...MACHINE.states, idle: { on: { GO: "busy" } } },
    });
    expect(await cli().refusal(2, "import", "xstate", file, "--as", "q:v2:zz")).toContain('--as: "q:v2:zz"');
    expect(await cli().refusal(2, "import", "xstate", file, "--as", "q:")).toContain('--as: "q:"');
    expect(await cli().text("import", "xstate", file, "--as", "q:v2")).toMatch(/name: q\nversion: v2\n/);
  });

  test("export xstate and import xstate are there and back", async () => {
    const file = await cli().write("trip.json", {
      ...ordersConfiguration("trip"),
      transitions: [
        { from: "start", to: "pending", event: "accept", guard: "data.total > 1.0", assign: { total: "data.total" } },
        { from: "pending", to: "shipped", event: "ship" },
        { from: "pending", to: "cancelled", event: "expire", after: "P2D" },
      ],
      retention: { final: "P90D" },
    });
    const machine = join(cli().dir, "trip-machine.json");
    const ran = await cli().run(["export", "xstate", file, "-o", machine]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('in XState the guard is "cel"');
    expect(JSON.parse(await readFile(machine, "utf8"))).toMatchObject({
      id: "trip",
      initial: "start",
      states: { pending: { on: { ship: "shipped" }, after: { 172800000: { target: "cancelled" } } } },
    });
    const back = await cli().write("back.yaml", await cli().text("import", "xstate", machine));
    expect(await cli().json("config", "diff", file, back)).toEqual({ differences: [] });
    await cli().text("config", "create", file);
    expect(await cli().json("export", "xstate", "trip:v1")).toEqual(JSON.parse(await readFile(machine, "utf8")));
    const wild = await cli().write("wild.json", {
      ...ordersConfiguration("wild"),
      transitions: ["start", "pending", "shipped"].map((from) => ({ from, to: "cancelled", event: "*" })),
    });
    expect(await cli().refusal(1, "export", "xstate", wild)).toContain('XState takes "*" for a wildcard');
  });

  test("export mermaid writes what config diagram draws", async () => {
    const file = await cli().write("drawing.json", ordersConfiguration("drawing"));
    const drawn = await cli().text("config", "diagram", file, "--format", "mmd");
    expect(await cli().text("export", "mermaid", file)).toBe(drawn);
    const out = join(cli().dir, "drawing.mmd");
    await cli().text("export", "mermaid", file, "-o", out);
    expect(await readFile(out, "utf8")).toBe(drawn);
  });

  test("import stateservice makes a chart a configuration and a machine", async () => {
    const file = await cli().write("chart.yaml", CHART);
    expect(await cli().text("import", "stateservice", file, "--as", "colors/wall-1")).toBe("colors/wall-1\n");
    const answer = await cli().json("import", "stateservice", file, "--as", "colors:v1/wall-2");
    expect(answer).toMatchObject({ id: "wall-2", statemachine: { config_id: "colors:v1", state: "green" } });
    expect(await cli().refusal(1, "import", "stateservice", file, "--as", "colors/wall-1")).toContain("MACHINE_EXISTS");
    const faulty = await cli().write("chart-faulty.yaml", CHART.replace("func: increment", "func: decrement"));
    expect(await cli().refusal(1, "import", "stateservice", faulty, "--as", "colors:v2/wall-1")).toContain("line 4");
    expect(await cli().refusal(2, "import", "stateservice", file)).toContain("--as");
  });
}
