/** Use case: look after some machines of a job, each once, whatever came of an earlier attempt. */
import { configIdOf } from "../engine/configuration.ts";
import { DetentError, type Reason } from "../errors.ts";
import type { Chunk, ChunkRef, JobResult } from "../jobs/calls.ts";
import type { MachineAddress, MachineCalls, Reply } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import { EVERY_SCOPE } from "../auth/scope.ts";
import { askForReply, MOST_ASKS } from "./ask-machine.ts";
import { findStored } from "./configurations.ts";
import { logDecision } from "./decision-log.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { soon } from "./patience.ts";

/** Machines asked at a time: enough to keep objects busy, few enough for what an invocation may have open. */
const MACHINES_AT_ONCE = 8;

/** A machine that does not answer by then is tried again later: the others' results must be told before the lease is over. */
const PATIENCE_MS = 5_000;

type Result = { readonly outcome: "succeeded" | "unchanged" | "skipped" } | Refused;
type Refused = { readonly outcome: "refused"; readonly reason: Reason; readonly message: string };

/** What is done to a machine, and what became of it. Throws where the platform fails: it may have happened. */
type Act = (address: MachineAddress) => Promise<Result>;

/** What is answered on a later attempt: an earlier one may have been the machine's last event. */
const GONE_SINCE = "the machine is gone, and it cannot be told any more whether the job has done its part before";

type Attempt = Pick<Chunk, "spec" | "triedSince">;

/**
 * Looks after a chunk of a job and reports on it. What cannot be reached is left out of the report, and comes again; whoever
 * asks for a chunk that is done or in other hands does nothing. Rejects when the job itself cannot be reached.
 */
export async function workOnChunk(house: House, { tenant, job, chunk }: ChunkRef): Promise<void> {
  const object = house.job(tenant, job);
  const loan = await object.take(chunk);
  if (loan === undefined) return;
  const results: JobResult[] = [];
  try {
    const act = await prepare(house, loan);
    const ids = [...loan.ids];
    const worker = async (): Promise<void> => {
      for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
        const result = await actOn(house, loan, id, act);
        if (result !== undefined) results.push({ id, ...result });
      }
    };
    await Promise.all(Array.from({ length: MACHINES_AT_ONCE }, worker));
  } catch (error) {
    house.log.write("warn", "a part of a job waits", { job: `${tenant}/${job}`, chunk, cause: error });
  }
  await object.report(chunk, loan.lease, results);
}

async function actOn(house: House, { spec, until }: Chunk, id: string, act: Act): Promise<Result | undefined> {
  if (house.now() > until) return undefined;
  const { tenant, filter } = spec;
  const address = { tenant, configuration: filter.configuration, id };
  try {
    return await soon(house, PATIENCE_MS, act(address));
  } catch (error) {
    const facts = { job: `${tenant}/${spec.id}`, ...address, cause: error };
    house.log.write("warn", "a machine of a job could not be reached; it is tried again", facts);
    return undefined;
  }
}

async function prepare(house: House, { spec, triedSince }: Attempt): Promise<Act> {
  const { action, isDryRun, actor, tenant, filter } = spec;
  // What its creator may do was looked at when it was created.
  const principal: Principal = { tenant, actor, scopes: EVERY_SCOPE };
  const { configuration, ...onlyIf } = filter;
  // The same for every attempt: a machine that has decided it answers again what it decided.
  const eventId = spec.eventId ?? `detent:job:${spec.id}`;
  const once = { eventId, actor, onlyIf, isDryRun, ...(triedSince !== undefined && !isDryRun && { triedSince }) };
  // A dry run brings nothing forward: what a machine has to do first is for its alarm.
  const mostAsks = isDryRun ? 1 : MOST_ASKS;
  const ask = <T>(address: MachineAddress, of: (machine: MachineCalls) => Promise<Reply<T>>) =>
    askForReply(house, address, of, mostAsks);
  switch (action.kind) {
    case "send": {
      const { kind: _kind, ...event } = action;
      return async (address) => {
        const startedAt = house.now();
        const reply = await ask(address, async (machine) => await machine.send(address, { ...event, ...once }));
        if (reply.ok && !isDryRun) logDecision(house, principal, reply.value, { startedAt, traceparent: undefined });
        return resultOf(reply, once, receiptResult);
      };
    }
    case "migrate": {
      const { version, source } = await findStored(house, principal, configIdOf(configuration, action.to));
      const stateMap = new Map(Object.entries(action.stateMap));
      return async (address) => {
        const call = { version, source, stateMap, ...once };
        const reply = await ask(address, (machine) => machine.migrateOnce(address, call));
        return resultOf(reply, once, (isChanged) => ({ outcome: isChanged ? "succeeded" : "unchanged" }));
      };
    }
    case "delete":
      return async (address) => {
        const reply = await ask(address, (machine) => machine.delete(address, once));
        return resultOf(reply, {}, () => ({ outcome: "succeeded" }));
      };
    default:
      return action satisfies never;
  }
}

function receiptResult({ result, reason, message = "" }: Receipt): Result {
  if (reason !== undefined) return { outcome: "refused", reason, message };
  return { outcome: result === "ignored" ? "unchanged" : "succeeded" };
}

function resultOf<T>(
  reply: Reply<T>,
  { triedSince }: { readonly triedSince?: number },
  toResult: (value: T) => Result,
): Result {
  if (reply.ok) return toResult(reply.value);
  const { reason, message, isUnmeant, isUnfinished } = reply;
  if (reason === "MACHINE_GONE" && triedSince !== undefined && !isUnmeant)
    return { outcome: "refused", reason, message: GONE_SINCE };
  if (isUnmeant || reason === "MACHINE_GONE" || reason === "MACHINE_NOT_FOUND") return { outcome: "skipped" };
  if (isUnfinished || reason === "UNAVAILABLE") throw new DetentError(reason, message);
  return { outcome: "refused", reason, message };
}
