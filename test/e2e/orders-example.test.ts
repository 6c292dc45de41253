/** examples/orders, run as its README says. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type Server } from "./server.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/orders/index.ts");

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

async function run(): Promise<string[]> {
  const env = { ...process.env, DETENT_URL: server.url };
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE], { env, timeout: 60_000 });
  return stdout.trimEnd().split("\n");
}

/** What is watched is printed whenever it is told. */
const toldAtOnce = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith("  #"));
const watched = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("  #"));

test("the example uploads, creates, sends, is refused, matches and watches; a second time the configuration is there", async () => {
  const lines = await run();
  expect(toldAtOnce(lines)).toEqual([
    "typed-orders:v1 uploaded",
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
  expect((await run())[0]).toBe("typed-orders:v1 is there");
});
