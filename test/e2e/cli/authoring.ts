/** `codegen` and `test`: what authors of configurations run beside their code. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ordersConfiguration, type Cli } from "./cli.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Scenarios of the shared configuration; `last` is where the second scenario is said to end. */
const scenariosOf = (name: string, last: string): string => `configuration: ${JSON.stringify(ordersConfiguration(name))}
scenarios:
  - name: an order is shipped
    steps:
      - { when: accept, then: pending }
      - { when: ship, then: shipped }
      - { when: cancel, refused: NO_TRANSITION }
  - name: an order is cancelled
    steps:
      - { when: accept, then: pending }
      - { when: cancel, then: ${last} }
coverage: { states: all, transitions: all }
`;

export function testAuthoring(cli: () => Cli): void {
  test("codegen makes a module of a stored configuration and of a file, and tells when it is not up to date", async () => {
    const configuration = await cli().write("typed.json", ordersConfiguration("typed"));
    await cli().text("config", "create", configuration);
    const module = join(cli().dir, "typed.ts");
    const ran = await cli().run(["codegen", "typed:v1", "-o", "typed.ts"]);
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "written: typed.ts\n" });
    const text = await readFile(module, "utf8");
    expect(text).toContain("// detent codegen typed:v1 -o typed.ts\n");
    expect(text).toContain('from "detent/client";');
    expect(text).toContain('export type TypedEventName = "accept" | "ship" | "cancel";');
    expect(await cli().run(["codegen", "typed:v1", "-o", "typed.ts", "--check"])).toMatchObject({ code: 0 });
    // By another spelling of the same, by redirection, and with the line ends of another system.
    expect(await cli().run(["codegen", configuration, "-o", `./typed.ts`, "--check"])).toMatchObject({ code: 0 });
    await cli().write("typed.ts", (await cli().text("codegen", "typed:v1")).replaceAll("\n", "\r\n"));
    expect(await cli().run(["codegen", "typed:v1", "-o", "typed.ts", "--check"])).toMatchObject({ code: 0 });
    await cli().write("typed.ts", text.replace('"ship"', '"sail"'));
    const stale = await cli().run(["codegen", "typed:v1", "-o", "typed.ts", "--check", "--json"]);
    expect(stale).toMatchObject({ code: 1, stderr: expect.stringContaining("detent codegen typed:v1 -o typed.ts") });
    expect(JSON.parse(stale.stdout)).toEqual({ file: "typed.ts", config_id: "typed:v1", up_to_date: false });
    const elsewhere = await cli().text(
      "codegen",
      configuration,
      "--import",
      "../client.ts",
      "--url",
      "http://127.0.0.1:9",
    );
    expect(elsewhere).toContain('from "../client.ts";');
    expect(await cli().json("codegen", configuration)).toMatchObject({
      config_id: "typed:v1",
      value: "typed",
      states: 4,
      events: 3,
    });
  });

  test("codegen of what would not be accepted says why, with the place", async () => {
    const faulty = await cli().write(
      "broken.yaml",
      "name: broken\nstarting_state: a\nstates: [a]\ntransitions:\n  - {from: a, to: b, event: e}\n",
    );
    expect(await cli().refusal(2, "codegen", faulty)).toMatch(/broken\.yaml:5:/);
    expect(await cli().refusal(1, "codegen", "nowhere:v1")).toContain("CONFIGURATION_NOT_FOUND");
    expect(await cli().refusal(2, "codegen", faulty, "--check")).toMatch(/broken\.yaml:5:/);
  });

  test("test runs scenarios in memory, and on the service with the same outcome", async () => {
    const file = await cli().write("scenarios.yaml", scenariosOf("scenarios", "cancelled"));
    for (const flags of [["--url", "http://127.0.0.1:9"], ["--service"]]) {
      const ran = await cli().run(["test", file, ...flags]);
      expect(ran).toMatchObject({
        code: 0,
        stderr: "2 passed, 0 failed; reached 4 of 4 states and 3 of 3 transitions\n",
      });
      expect(ran.stdout).toMatch(/^✓ an order is shipped \(\d+ ms\)\n✓ an order is cancelled \(\d+ ms\)\n$/);
    }
    const away = await cli().run(["test", file, "--service", "--url", "http://127.0.0.1:9"]);
    expect(away).toMatchObject({ code: 3, stdout: "" });
    const scenarios = join(ROOT, "examples/self-healing-order/scenarios.yaml");
    expect(await cli().json("test", scenarios)).toMatchObject({ passed: true, files: [{ problems: [] }] });
  });

  test("a scenario that fails is told with its line; so is what none has reached, and a file that cannot be read", async () => {
    const file = await cli().write("failing.yaml", scenariosOf("failing", "shipped"));
    const ran = await cli().run(["test", file]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/✗ an order is cancelled \(\d+ ms\)\n {2}\S*failing\.yaml:11: .*shipped/);
    const json = await cli().run(["test", file, "--json", "-q"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      passed: false,
      files: [
        {
          scenarios: [
            { passed: true, line: 3 },
            { passed: false, failed_line: 11 },
          ],
        },
      ],
    });
    const [head = ""] = scenariosOf("part", "cancelled").split("  - name: an order is cancelled");
    const part = await cli().write("part.yaml", `${head}coverage: { states: all, transitions: all }\n`);
    const missed = await cli().run(["test", part]);
    expect(missed).toMatchObject({ code: 1, stdout: expect.stringMatching(/part\.yaml:8: .*cancelled/) });
    const unreadable = await cli().write("unreadable.yaml", scenariosOf("x", "cancelled").replace("steps:", "stesp:"));
    expect(await cli().refusal(2, "test", unreadable)).toMatch(/unreadable\.yaml:\d+: .*stesp/);
  });
}
