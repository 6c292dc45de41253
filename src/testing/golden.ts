/** Golden files: texts that stand beside the tests, are looked over when they change, and otherwise must not. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ScenarioError } from "./scenario-error.ts";
import type { Site } from "./step.ts";
import { UsageError } from "./usage-error.ts";

/** Set to write golden files instead of comparing with them. */
export const UPDATE_FLAG = "DETENT_UPDATE_GOLDEN";
const ADVICE = 'give each a place of its own, as in golden(new URL("./orders-refunded", import.meta.url))';
/** More is not read, but looked at in the file. */
const MOST_LINES = 60;

export interface GoldenOptions {
  /** Write the file instead of comparing with it. Default: whether DETENT_UPDATE_GOLDEN is set to something. */
  readonly update?: boolean;
}

/**
 * Compares a text with a golden file; throws a ScenarioError where they differ, and a UsageError where it cannot be read or
 * written. With DETENT_UPDATE_GOLDEN=1 the file is
 * written. A file that is not there is written, too, but not where the variable CI is set: there it would be forgotten.
 */
export async function matchGolden(file: string | URL, text: string, options: GoldenOptions = {}): Promise<void> {
  await matchGoldenOf(file, text, options, {});
}

/** Whose a golden file is: of two of a process that have the same, each would undo what the other has written. */
interface Keeper {
  readonly site?: Site;
  /** Equal for one and the same; undefined: nobody in particular. */
  readonly owner?: unknown;
}

/** Path -> who has looked after it in this process, and the text it is to have. */
const kept = new Map<string, { readonly owner: unknown; readonly text: string }>();

/** The same for somebody, whose file it is from now on. Throws a UsageError where another's text would be overwritten. */
export async function matchGoldenOf(
  file: string | URL,
  text: string,
  { update = isSet(process.env[UPDATE_FLAG]) }: GoldenOptions,
  { site = {}, owner }: Keeper,
): Promise<void> {
  const path = pathOf(file);
  const golden = await readGolden(path);
  const other = kept.get(path);
  const isContested = owner !== undefined && other !== undefined && other.owner !== owner && other.text !== text;
  if (isContested)
    throw new UsageError(`${path} is the golden file of two kits, which have seen different things: ${ADVICE}`);
  if (owner !== undefined) kept.set(path, { owner, text });
  if (golden === text) return;
  if (update || (golden === undefined && !isSet(process.env["CI"]))) {
    return await writeGolden(path, text);
  }
  const hint = `if it is right as it is now: ${UPDATE_FLAG}=1`;
  if (golden === undefined) {
    const message = `there is no golden file ${path}; it is written where CI is not set, or by ${UPDATE_FLAG}=1`;
    throw new ScenarioError({ message, expected: undefined, actual: text, site });
  }
  const message = `${path} is no longer what is seen (- the file, + now):\n${compareLines(golden, text)}\n${hint}`;
  throw new ScenarioError({ message, expected: golden, actual: text, site });
}

async function writeGolden(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new UsageError(`the golden file ${path} cannot be written: ${String(cause)}`, { cause });
  }
}

/** Where the golden files of a test stand: beside it and under its name; a text is taken as it is. */
export function prefixOf(place: string | URL): string {
  const path = pathOf(place);
  const isUrl = place instanceof URL || place.startsWith("file:");
  return isUrl ? path.replace(/(?:\.(?:test|spec))?\.[cm]?[jt]sx?$/, "") : path;
}

function pathOf(file: string | URL): string {
  const place = file instanceof URL ? file.href : file;
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}

async function readGolden(path: string): Promise<string | undefined> {
  try {
    // Git may have changed the ends of its lines.
    return (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UsageError(`the golden file ${path} cannot be read: ${String(error)}`, { cause: error });
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** Lines that only one of the two has, in their order: each stands on its own in what is compared here. */
function compareLines(golden: string, text: string): string {
  const [before, now] = [golden.split("\n"), text.split("\n")];
  const lines = [
    ...subtract(before, now).map((line) => `- ${line}`),
    ...subtract(now, before).map((line) => `+ ${line}`),
  ];
  if (lines.length === 0) return "the same lines in another order";
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function subtract(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
