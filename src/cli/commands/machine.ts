/** `detent machine`: one machine, and those of a configuration. */
import type { Command } from "commander";
import { addNoun, type Runner } from "../leaf.ts";
import { addChange } from "./machine/change.ts";
import { addCreate } from "./machine/create.ts";
import { addDiagram } from "./machine/diagram.ts";
import { addEnd } from "./machine/end.ts";
import { addList } from "./machine/list.ts";
import { addRead } from "./machine/read.ts";
import { addSendEvent } from "./machine/send.ts";
import { addWatch } from "./machine/watch.ts";

const COMMANDS = [addCreate, addRead, addList, addSendEvent, addWatch, addChange, addEnd, addDiagram];

export function addMachine(program: Command, runner: Runner): void {
  const machine = addNoun(program, "machine", "machines: create, read, list, send events, watch, change, end");
  for (const add of COMMANDS) add(machine, runner);
}
