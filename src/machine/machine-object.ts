/** The machine's Durable Object: wiring only. The constructor runs no DDL, so that an unknown id costs no storage. */
import { DurableObject } from "cloudflare:workers";
import { indexWriterOf, type Bindings } from "../env.ts";
import type { CreateCall, ListCall, MachineAddress, SendCall } from "./calls.ts";
import type { Sql, SqlValue } from "./deps.ts";
import { Machine } from "./machine.ts";

export class MachineObject extends DurableObject<Bindings> {
  readonly #machine: Machine;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const sql: Sql = {
      exec: (query, ...bindings) => ctx.storage.sql.exec<Record<string, SqlValue>>(query, ...bindings).toArray(),
    };
    this.#machine = new Machine({
      sql,
      transaction: (work) => ctx.storage.transactionSync(work),
      now: () => Date.now(),
      random: () => Math.random(),
      setAlarm: (at) => void ctx.storage.setAlarm(at),
      sendIndex: async (entries, urgent) => {
        const [first] = entries;
        if (first !== undefined) await indexWriterOf(env, first).write(entries, urgent);
      },
      background: (work) => ctx.waitUntil(work),
      log: (level, message, facts) => console[level](JSON.stringify({ level, message, ...facts })),
    });
  }

  create(address: MachineAddress, call: CreateCall) {
    return this.#machine.create(address, call);
  }

  send(address: MachineAddress, call: SendCall) {
    return this.#machine.send(address, call);
  }

  read(address: MachineAddress) {
    return this.#machine.read(address);
  }

  history(address: MachineAddress, call: ListCall) {
    return this.#machine.history(address, call);
  }

  refusals(address: MachineAddress, call: ListCall) {
    return this.#machine.refusals(address, call);
  }

  receipt(address: MachineAddress, eventId: string) {
    return this.#machine.receipt(address, eventId);
  }

  state(address: MachineAddress) {
    return this.#machine.state(address);
  }

  allowedEvents(address: MachineAddress) {
    return this.#machine.allowedEvents(address);
  }

  override alarm() {
    return this.#machine.wake();
  }
}
