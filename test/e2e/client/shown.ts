/** What is shown of the client, run: examples/orders as its README says, and the program of docs/client.md. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createClient } from "../../../src/client/index.ts";
import { generateModule } from "../../../src/codegen/module.ts";
import { readClientDocs } from "../../client-docs.ts";
import { world } from "./world.ts";

const EXAMPLE = join(import.meta.dirname, "../../../examples/orders/index.ts");
const CLIENT = join(import.meta.dirname, "../../../src/client/index.ts");

async function run(program: string): Promise<string[]> {
  const env = { ...process.env, DETENT_URL: world.url };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: 60_000 });
  return stdout.trimEnd().split("\n");
}

/** What is watched is printed whenever it is told. */
const toldAtOnce = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith("  #"));
const watched = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("  #"));

/** What the example and the documentation show. */
export function claimExamples(): void {
  test("the example uploads, creates, sends, is refused, matches and watches; its configuration is uploaded or there", async () => {
    const lines = await run(EXAMPLE);
    expect(lines[0]).toMatch(/^typed-orders:v1 (?:uploaded|is there)$/);
    expect(toldAtOnce(lines).slice(1)).toEqual([
      "Ada has to pay 30",
      "refused, NO_TRANSITION; it would take pay or cancel",
      "refused, GUARD_REJECTED",
      "attempt 1: transitioned",
      "attempt 2: transitioned, as before",
      "paid -> shipped",
      "on its way as T-1",
      "gone",
    ]);
    expect(watched(lines)).toEqual(["  #0 creation", "  #1 pay: paid", "  #2 ship: shipped", "  #3 deletion"]);
  });

  test("the program of the documentation does what it says", async () => {
    const { configuration, program } = await readClientDocs();
    await createClient({ url: world.url }).upload(configuration);
    const dir = await mkdtemp(join(tmpdir(), "detent-docs-"));
    try {
      await writeFile(join(dir, "orders.ts"), generateModule(configuration, { importFrom: CLIENT }).text);
      const text = program
        .replace('"detent/client"', JSON.stringify(CLIENT))
        .replace("https://detent.example.com", world.url);
      await writeFile(join(dir, "program.ts"), text);
      const lines = await run(join(dir, "program.ts"));
      expect(lines.map((line) => line.replace(/[0-9a-f-]{36}/, "<id>"))).toEqual([
        "open -> paid <id>",
        "1 { total: 30 }",
        "paid",
        expect.stringMatching(/^NO_TRANSITION .* \[ 'ship', 'cancel' \]$/),
        "0 creation",
        "1 event",
        "2 event",
      ]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
}
