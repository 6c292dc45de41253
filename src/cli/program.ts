/** All commands, in the order of the help. */
import { Command } from "commander";
import { addCodegen } from "./commands/codegen.ts";
import { addConfig } from "./commands/config.ts";
import { addDlq } from "./commands/dlq.ts";
import { addEvents } from "./commands/events.ts";
import { addExport } from "./commands/export.ts";
import { addGet } from "./commands/get.ts";
import { addImport } from "./commands/import.ts";
import { addJob } from "./commands/job/job.ts";
import { addKey } from "./commands/key.ts";
import { addLoad } from "./commands/load.ts";
import { addLogin } from "./commands/login.ts";
import { addMachine } from "./commands/machine/machine.ts";
import { addProfile } from "./commands/profile.ts";
import { addSend } from "./commands/send.ts";
import { addStatus } from "./commands/status.ts";
import { addTenant } from "./commands/tenant/tenant.ts";
import { addTest } from "./commands/test.ts";
import { addToken } from "./commands/token.ts";
import { addVersion } from "./commands/version.ts";
import { addCommonOptions, addExamples, type Runner } from "./leaf.ts";
import { EXIT } from "./failure.ts";
import { RELEASE } from "./release.ts";

const NOUNS = [
  addSend,
  addGet,
  addVersion,
  addStatus,
  addConfig,
  addMachine,
  addEvents,
  addJob,
  addDlq,
  addKey,
  addToken,
  addTenant,
  addLoad,
  addImport,
  addExport,
  addCodegen,
  addTest,
  addLogin,
  addProfile,
];

/** The command line of `detent`; each command is run by `runner`. */
export function createProgram(runner: Runner): Command {
  const program = new Command("detent")
    .description("State machines as a service: configurations, machines, events, from the command line.")
    .version(RELEASE, "-V, --version", "print the version of this command")
    .helpCommand("help [command]", "help for a command")
    .exitOverride()
    // Otherwise "--version v3" of a command would be this program's own.
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(isJsonWanted() ? toProblem(text) : text) })
    .showHelpAfterError("(--help tells more)");
  addCommonOptions(program, true);
  addExamples(program, [
    ["send orders.yaml", "upload configurations, create machines, send events"],
    ["machine get orders/order-1", "a machine: state, data, revision"],
    ["machine send orders/order-1 ship", "send it an event"],
    ["status", "is the service there?"],
  ]);
  for (const add of NOUNS) add(program, runner);
  program.addHelpText(
    "after",
    "\nThe service is asked at http://localhost:8787, or where DETENT_URL, --url or a profile say.",
  );
  return program;
}

/** A command line that cannot be read has no flags yet. */
function isJsonWanted(): boolean {
  return process.argv.includes("--json");
}

function toProblem(text: string): string {
  const [message = "", ...hints] = text
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  return `${JSON.stringify({ reason: "COMMAND_FAILED", detail: [message, ...hints].join(" "), exit_code: EXIT.usage })}\n`;
}
