/** All commands, in the order of the help. */
import { Command } from "commander";
import { addConfig } from "./commands/config.ts";
import { addExport } from "./commands/export.ts";
import { addGet } from "./commands/get.ts";
import { addImport } from "./commands/import.ts";
import { addLoad } from "./commands/load.ts";
import { addLogin } from "./commands/login.ts";
import { addProfile } from "./commands/profile.ts";
import { addSend } from "./commands/send.ts";
import { addStatus } from "./commands/status.ts";
import { addVersion } from "./commands/version.ts";
import { addExamples, type Runner } from "./leaf.ts";
import { RELEASE } from "./release.ts";

const NOUNS = [addSend, addGet, addVersion, addStatus, addConfig, addLoad, addImport, addExport, addLogin, addProfile];

/** The command line of `detent`; each command is run by `runner`. */
export function createProgram(runner: Runner): Command {
  const program = new Command("detent")
    .description("State machines as a service: configurations, machines, events, from the command line.")
    .version(RELEASE, "-V, --version", "print the version of this command")
    .helpCommand("help [command]", "help for a command")
    .exitOverride()
    .showHelpAfterError("(--help tells more)");
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
