/** `detent machine`: one machine, and those of a configuration. */
import type { Command } from "commander";
import { addNoun, type Runner } from "../../leaf.ts";
import { addChange } from "./change.ts";
import { addCreate } from "./create.ts";
import { addDiagram } from "./diagram.ts";
import { addEnd } from "./end.ts";
import { addList } from "./list.ts";
import { addRead } from "./read.ts";
import { addSendEvent } from "./send.ts";
import { addWatch } from "./watch.ts";

const COMMANDS = [addCreate, addRead, addList, addSendEvent, addWatch, addChange, addEnd, addDiagram];

export function addMachine(program: Command, runner: Runner): void {
  const machine = addNoun(program, "machine", "machines: create, read, list, send events, watch, change, end");
  for (const add of COMMANDS) add(machine, runner);
}
