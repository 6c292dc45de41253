/** Before every test file that runs the service in its own process: a line on the console with a canary in it fails the test. */
import { afterEach } from "vitest";
import { findLeak } from "./canary.ts";

const leaks: string[] = [];
for (const level of ["debug", "log", "info", "warn", "error"] as const) {
  const print = console[level].bind(console);
  console[level] = (...said: unknown[]) => {
    const leak = findLeak(said.map(String).join(" "));
    if (leak !== undefined) leaks.push(leak);
    print(...said);
  };
}

afterEach(() => {
  const found = leaks.splice(0);
  if (found.length > 0) throw new Error(`the log has what it must not have:\n${found.join("\n")}`);
});
