/** Runs the wrangler of node_modules. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs wrangler with these arguments, and `input` as its standard input, to its end. */
export type Run = (args: readonly string[], input?: string) => Promise<Outcome>;

const root = join(import.meta.dirname, "../../..");
const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");

export const runWrangler: Run = async (args, input) => {
  const child = spawn(process.execPath, [wrangler, ...args], {
    cwd: root,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...process.env,
      // It asks nothing, and its words can be compared; of what it sends nothing gets into its own log.
      CI: "1",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG_SANITIZE: "true",
    },
  });
  // A wrangler that ends without reading it says why itself.
  child.stdin.on("error", () => {});
  child.stdin.end(input ?? "");
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) };
};

const GO_ON = `What was done before stays. Put right what is said above, then run the same command again: it goes on from there.`;

/** As a person would type it. */
export function showCommand(args: readonly string[]): string {
  return ["npx wrangler", ...args.map((arg) => (/^[\w./:=@-]+$/.test(arg) ? arg : `'${arg}'`))].join(" ");
}

/** Asks wrangler to do something; throws a StepError, which says what was to be done, when it does not. */
export async function must(run: Run, what: string, args: readonly string[], input?: string): Promise<string> {
  const outcome = await run(args, input);
  if (outcome.code !== 0) throw new StepError(what, args, outcome);
  return outcome.stdout;
}

/** A step that failed: which, what was found or said, and how to go on. */
export class StepError extends Error {
  constructor(what: string, args: readonly string[], { stdout, stderr }: Pick<Outcome, "stdout" | "stderr">) {
    const said = [stdout, stderr].map((part) => part.trim()).filter(Boolean);
    super([`Failed: ${what}.`, `  ${showCommand(args)}`, ...said, GO_ON].join("\n"));
  }
}
