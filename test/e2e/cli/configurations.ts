/** `config ...` */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ordersConfiguration, type Cli } from "./cli.ts";

const FAULTY = `name: faulty
starting_state: start
states:
  - start
  - end
  - lost
transitions:
  - from: start
    to: end
    event: go
    guard: data.paid &&
`;

export function testConfigurations(cli: () => Cli): void {
  test("config create uploads, config get and list show it, and the same again is no error", async () => {
    const file = await cli().write("cli-orders.json", ordersConfiguration("cli-orders"));
    expect(await cli().text("config", "create", file)).toBe("cli-orders:v1\n");
    expect(await cli().json("config", "create", file)).toMatchObject({ status: "identical", name: "cli-orders" });
    expect(await cli().json("config", "get", "cli-orders:v1")).toMatchObject(ordersConfiguration("cli-orders"));
    expect(await cli().text("config", "get", "cli-orders")).toContain("starting_state: start\n");
    const second = await cli().write("v2.json", { ...ordersConfiguration("cli-orders", "v2"), defer_for: "PT5M" });
    await cli().text("config", "create", second);
    expect(await cli().text("config", "list", "--configuration", "cli-orders")).toMatch(/cli-orders +v2 v1\n/);
    expect(await cli().json("config", "list")).toMatchObject({
      configurations: expect.arrayContaining([{ name: "cli-orders", versions: ["v2", "v1"], deprecated: [] }]),
    });
    const other = await cli().write("other.json", { ...ordersConfiguration("cli-orders"), unhandled: "ignore" });
    expect(await cli().refusal(1, "config", "create", other)).toContain("CONFIGURATION_EXISTS");
  });

  test.each([[[]], [["--offline"]]])("config check %j tells findings with line and column", async (flags) => {
    const file = await cli().write("faulty.yaml", FAULTY);
    const ran = await cli().run(["config", "check", ...flags, file]);
    expect(ran.code).toBe(1);
    const lines = ran.stdout.trimEnd().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/faulty\.yaml:6:5: error: .*lost/),
      expect.stringMatching(/faulty\.yaml:11:5: error: .*guard/i),
    ]);
    const json = await cli().run(["config", "check", ...flags, file, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      findings: [{ pointer: "/states/2", line: 6, column: 5 }, { line: 11 }],
    });
    const misspelt = await cli().write("misspelt.yaml", FAULTY.replace("guard:", "gaurd:"));
    expect((await cli().run(["config", "check", ...flags, misspelt])).stdout).toMatch(
      /misspelt\.yaml:11:5: error: .*\(unknown_field\)/,
    );
  });

  test.each([[[]], [["--offline"]]])("config check %j refuses what is too deep or too large", async (flags) => {
    const deep = (levels: number): object => (levels === 0 ? {} : { const: deep(levels - 1) });
    // The schema stands in four levels; a body may nest deeper than a configuration.
    const nested = (levels: number): object => ({
      ...ordersConfiguration("cli-bounds"),
      event_options: { accept: { schema: deep(levels - 4) } },
    });
    const codes = async (configuration: object): Promise<string[]> => {
      const file = await cli().write("bounds.json", configuration);
      const { stdout } = await cli().run(["config", "check", ...flags, file, "--json"]);
      const { findings } = JSON.parse(stdout) as { findings: { code: string; pointer: string }[] };
      return findings.map(({ code, pointer }) => `${code} ${pointer}`);
    };
    expect(await codes(nested(32))).toEqual([]);
    const limit = ["limit_exceeded "];
    expect([await codes(nested(33)), await codes(nested(40)), await codes(nested(200))]).toEqual([limit, limit, limit]);
    const long = { ...ordersConfiguration("cli-bounds"), unhandled: "x".repeat(256 * 1024) };
    expect(await codes(long)).toEqual(limit);
  });

  test("config check is silent about what is right; warnings count with --strict", async () => {
    const right = await cli().write("right.json", ordersConfiguration("right"));
    expect(await cli().run(["config", "check", "-q", right])).toEqual({ code: 0, stdout: "", stderr: "" });
    const unreachable = { ...ordersConfiguration("right"), states: [...ordersConfiguration("right").states, "attic"] };
    unreachable.transitions = [...unreachable.transitions, { from: "attic", to: "start", event: "fall" }];
    const doubtful = await cli().write("doubtful.json", unreachable);
    const ran = await cli().run(["config", "check", doubtful]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("warning:");
    expect(await cli().run(["config", "check", "--strict", doubtful])).toMatchObject({ code: 1 });
    const wrapped = `kind: Configuration\nspec:\n${FAULTY.replaceAll(/^/gm, "  ")}`;
    const inKind = await cli().run(["config", "check", "-"], { input: wrapped });
    expect(inKind.stdout).toContain("stdin:8:7: error:");
  });

  test("config diff tells what an upload would change", async () => {
    const before = await cli().write("before.json", ordersConfiguration("diff"));
    const changed = ordersConfiguration("diff", "v2");
    const after = await cli().write("after.yaml", {
      ...changed,
      states: [...changed.states.toReversed(), "lost"],
      transitions: [...changed.transitions, { from: "shipped", to: "lost", event: "lose" }],
      retention: { final: "P90D" },
    });
    await cli().text("config", "create", before);
    expect(await cli().json("config", "diff", "diff:v1", after)).toEqual({
      differences: [
        { change: "added", path: "states", after: "lost" },
        { change: "added", path: "transitions", after: { from: "shipped", to: "lost", event: "lose" } },
        { change: "added", path: "retention.final", after: "P90D" },
      ],
    });
    expect(await cli().text("config", "diff", after, "diff:v1")).toContain('- states: "lost"\n');
    expect(await cli().run(["config", "diff", "--exit-code", "diff:v1", before])).toMatchObject({
      code: 0,
      stderr: "they mean the same\n",
    });
    expect(await cli().run(["config", "diff", "--exit-code", "diff:v1", after])).toMatchObject({ code: 1 });
  });

  test("config diagram draws in the terminal, as Mermaid and as SVG, the service's and a file's", async () => {
    const file = await cli().write("drawn.json", ordersConfiguration("drawn"));
    expect(await cli().text("config", "diagram", file)).toBe(
      "  start (start)\n    └─ accept ─▶ pending\n  pending\n    ├─ ship ─▶ shipped\n    └─ cancel ─▶ cancelled\n  shipped (final)\n  cancelled (final)\n",
    );
    await cli().text("config", "create", file);
    const route = `${cli().url}/api/v1/configurations/drawn:v1/diagram`;
    const [mermaid, svg] = [await (await fetch(`${route}.mmd`)).text(), await (await fetch(`${route}.svg`)).text()];
    expect(await cli().text("config", "diagram", "drawn:v1", "--format", "mmd")).toBe(mermaid);
    const picture = join(cli().dir, "drawn.svg");
    await cli().text("config", "diagram", "drawn:v1", "-o", picture);
    expect(await readFile(picture, "utf8")).toBe(svg);
    expect(await cli().json("config", "diagram", file, "--format", "mmd")).toEqual({ format: "mmd", diagram: mermaid });
    expect(await cli().refusal(2, "config", "diagram", file, "-o", "drawn.png")).toContain("text, mmd, svg");
  });

  test("config deprecate takes a version out of use for new machines", async () => {
    await cli().text("config", "create", await cli().write("old.json", ordersConfiguration("old")));
    expect(await cli().text("config", "deprecate", "old:v1")).toBe("old:v1 takes no new machines\n");
    expect(await cli().text("config", "list", "--configuration", "old")).toContain("v1 (deprecated)");
  });
}
