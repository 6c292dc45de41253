import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FINDING_CODES } from "../../src/engine/finding.ts";

test("docs/configurations.md lists every finding, in order, with its severity and text, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/configurations.md"), "utf8");
  const findings = page.slice(page.indexOf("\n## Findings\n"));
  const rows = [...findings.matchAll(/^\| `(\w+)` \| (\w+) \| (.*) \|$/gm)];
  expect(rows.map(([, code, severity, text]) => ({ code, severity, text }))).toEqual(FINDING_CODES);
});
