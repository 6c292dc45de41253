/** What a check says of a configuration, with its place in the file. */
import { checkConfiguration } from "../engine/check-configuration.ts";
import { parseShape } from "../shape.ts";
import { CONFIGURATION } from "../configuration-shape.ts";
import { DetentError } from "../errors.ts";
import type { Door } from "./door.ts";
import { Refused } from "./failure.ts";
import type { ConfigurationFile } from "./input.ts";
import { toPrintable } from "./table.ts";

interface Finding {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
}

export interface LocatedFinding extends Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `valid`: the service would store it. */
export interface Checked {
  readonly valid: boolean;
  readonly findings: readonly LocatedFinding[];
}

/** Checks by the service, or by the engine of this package where there is none. */
export async function checkFile(door: Door | undefined, file: ConfigurationFile): Promise<Checked> {
  const findings = door === undefined ? checkHere(file.source) : await checkThere(door, file.source);
  return {
    valid: findings.every(({ severity }) => severity !== "error"),
    findings: findings.map((finding) => ({ ...finding, file: file.file, ...file.placeOf(finding.pointer) })),
  };
}

async function checkThere(door: Door, source: unknown): Promise<readonly Finding[]> {
  try {
    const call = { isRepeatable: true };
    return (await door.post<{ findings: readonly Finding[] }>("/api/v1/configurations:check", source, call)).findings;
  } catch (error) {
    // What has not even the shape of a configuration.
    const violations = error instanceof Refused && error.problem.status === 400 ? error.problem.errors : undefined;
    if (violations === undefined || violations.length === 0) throw error;
    return violations.map(toFinding);
  }
}

function checkHere(source: unknown): readonly Finding[] {
  try {
    return checkConfiguration(parseShape(CONFIGURATION, source, "the configuration"));
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    return error.violations.map(toFinding);
  }
}

function toFinding({ pointer, rule, message }: { pointer: string; rule: string; message: string }): Finding {
  return { severity: "error", code: rule, pointer, message };
}

/** As compilers write it, so that editors can jump there. */
export function formatFinding({ file, line, column, severity, code, message }: LocatedFinding): string {
  return `${file}:${line}:${column}: ${severity}: ${toPrintable(message)} (${code})`;
}
