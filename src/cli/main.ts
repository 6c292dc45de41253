#!/usr/bin/env node
/** `detent`: reads the command line, runs one command, and ends with its exit code. */
import { CommanderError } from "commander";
import { EXIT, Failure, type ExitCode } from "./failure.ts";
import { Output } from "./output.ts";
import { createProgram } from "./program.ts";

/** How long a command that was interrupted may take to end by itself. */
const GRACE_MS = 500;

if (process.argv.includes("--no-color")) {
  process.env["NO_COLOR"] = "1";
  delete process.env["FORCE_COLOR"];
}

const interruption = new AbortController();
let mayTakeItsTime = false;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    interruption.abort(new Failure("interrupted", EXIT.interrupted));
    // It may wait for something that nobody ends, such as stdin. A second signal ends it in any case.
    if (!mayTakeItsTime) setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
  });
}
// Nobody reads any more (`detent ... | head`): what only prints ends, what does something goes on to its own exit code.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (Output.isStreaming) interruption.abort(new Failure("", EXIT.done));
});
process.stderr.on("error", () => undefined);

async function run(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = createProgram(async (output, work, takesItsTime) => {
    mayTakeItsTime = takesItsTime;
    try {
      await work(interruption.signal);
    } catch (error) {
      const reason: unknown = interruption.signal.aborted ? interruption.signal.reason : error;
      if (!(reason instanceof Failure)) throw reason;
      if (reason.exitCode !== EXIT.interrupted && reason.message !== "") output.fail(reason);
      exitCode = reason.exitCode;
    }
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what is wrong, or has shown the help that was asked for.
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  new Output({}).fail(new Failure(`a defect of this command: ${(error as Error).stack ?? String(error)}`, EXIT.no));
  process.exitCode = EXIT.no;
}
