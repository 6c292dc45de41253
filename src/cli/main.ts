#!/usr/bin/env node
/** `detent`: reads the command line, runs one command, and ends with its exit code. */
import { CommanderError } from "commander";
import { EXIT, Failure, type ExitCode } from "./failure.ts";
import { Output } from "./output.ts";
import { createProgram } from "./program.ts";

// Whoever reads has seen enough (`detent ... | head`): that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.done);
});
if (process.argv.includes("--no-color")) {
  process.env["NO_COLOR"] = "1";
  delete process.env["FORCE_COLOR"];
}

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interruption.abort(new Failure("interrupted", EXIT.interrupted)));
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = createProgram(async (output, work) => {
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
