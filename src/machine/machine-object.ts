/** The machine's Durable Object: wiring only. The constructor runs no DDL, so that an unknown id costs no storage. */
import { DurableObject } from "cloudflare:workers";
import type { MachineRow } from "../catalog/index-entry.ts";
import { indexWriterOf, logOf, notificationQueueOf, settingsOf, transitionQueueOf, type Bindings } from "../env.ts";
import { RejectedError, toJsonMessages } from "../queue-sender.ts";
import { within } from "../within.ts";
import type {
  ChangesCall,
  CreateCall,
  DeleteCall,
  HistoryItem,
  LabelsCall,
  ListCall,
  MachineAddress,
  MigrateCall,
  OverrideCall,
  SendCall,
} from "./calls.ts";
import type { Sql, SqlValue } from "./deps.ts";
import { Machine } from "./machine.ts";
import { answerWatch, PING, PONG, readAsked, refuseCrowd, tagOf } from "./watching.ts";

/** More than an index-writer takes to give up on D1, so that its answer is heard. */
const INDEX_WITHIN_MS = 30_000;

/** The platform takes times that nanoseconds in 64 bits can tell, from about 1687 to 2262, and throws for others. */
const LATEST_ALARM_AT = Date.UTC(2200, 0, 1);

export class MachineObject extends DurableObject<Bindings> {
  readonly #machine: Machine;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const sql: Sql = {
      exec: (query, ...bindings) => ctx.storage.sql.exec<Record<string, SqlValue>>(query, ...bindings).toArray(),
    };
    const feed = transitionQueueOf(env);
    this.#machine = new Machine({
      sql,
      transaction: (work) => ctx.storage.transactionSync(work),
      now: () => Date.now(),
      random: () => Math.random(),
      // Clamped, an alarm that is too early finds nothing to do and is set again.
      setAlarm: (at) => void ctx.storage.setAlarm(Math.min(Math.max(at, Date.now()), LATEST_ALARM_AT)),
      after: (ms, work) => {
        // oxlint-disable-next-line no-restricted-globals -- only while something else is waited for, and then taken off
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
      deleteAll: () => ctx.storage.deleteAll(),
      retention: () => settingsOf(env).retention,
      notificationsPerMinute: () => settingsOf(env).notificationsPerMinute,
      sendIndex: async (entry, urgent) => {
        const result = await within(INDEX_WITHIN_MS, "the index", indexWriterOf(env, entry).write(entry, urgent));
        if (!result.ok) throw result.rejected ? new RejectedError(result.cause) : new Error(result.cause);
      },
      sendNotifications: (events) => notificationQueueOf(env).send(toJsonMessages(events)),
      sendFeed: feed && ((events) => feed.send(toJsonMessages(events))),
      tellWatchers: (change) => tellAll(ctx.getWebSockets(), change),
      background: (work) => ctx.waitUntil(work),
      log: (severity, message, facts) => logOf(env).write(severity, message, facts),
    });
  }

  create(address: MachineAddress, call: CreateCall) {
    return this.#machine.create(address, call);
  }

  send(address: MachineAddress, call: SendCall) {
    return this.#machine.send(address, call);
  }

  sendAll(address: MachineAddress, calls: readonly SendCall[]) {
    return this.#machine.sendAll(address, calls);
  }

  updateLabels(address: MachineAddress, call: LabelsCall) {
    return this.#machine.updateLabels(address, call);
  }

  override(address: MachineAddress, call: OverrideCall) {
    return this.#machine.override(address, call);
  }

  migrate(address: MachineAddress, call: MigrateCall) {
    return this.#machine.migrate(address, call);
  }

  migrateOnce(address: MachineAddress, call: MigrateCall & { readonly eventId: string }) {
    return this.#machine.migrateOnce(address, call);
  }

  delete(address: MachineAddress, call: DeleteCall) {
    return this.#machine.delete(address, call);
  }

  erase(address: MachineAddress, actor: string) {
    return this.#machine.erase(address, actor);
  }

  read(address: MachineAddress, atRevision?: number) {
    return this.#machine.read(address, atRevision);
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

  path(address: MachineAddress) {
    return this.#machine.path(address);
  }

  reindex(address: MachineAddress, row: MachineRow | undefined) {
    return this.#machine.reindex(address, row);
  }

  changes(address: MachineAddress, call: ChangesCall) {
    return this.#machine.changes(address, call);
  }

  /** Opens a line to a worker; all in one turn, so that no change comes between its revision and what it tells. */
  override fetch(request: Request): Response {
    const { address, call } = readAsked(request);
    const { ctx } = this;
    const tag = tagOf(call);
    const reply = this.#machine.watch(address, call);
    if (!reply.ok) return answerWatch(reply);
    const open = { ofKey: ctx.getWebSockets(tag).length, ofMachine: ctx.getWebSockets().length };
    const refusal = refuseCrowd(open);
    if (refusal !== undefined) return answerWatch(refusal);
    const [client, server] = Object.values(new WebSocketPair());
    if (client === undefined || server === undefined) throw new Error("a pair of sockets has two");
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    ctx.acceptWebSocket(server, [tag]);
    return answerWatch(reply, client);
  }

  override alarm() {
    return this.#machine.wake();
  }
}

function tellAll(sockets: readonly WebSocket[], change: () => HistoryItem): void {
  if (sockets.length === 0) return;
  const text = JSON.stringify(change());
  for (const socket of sockets) {
    try {
      socket.send(text);
    } catch {
      // Its worker would not know what it has not heard; it opens another, or has nobody to tell.
      close(socket);
    }
  }
}

function close(socket: WebSocket): void {
  try {
    socket.close(1011);
  } catch {
    // It is closed.
  }
}
