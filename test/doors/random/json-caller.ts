/** Carries calls out through the JSON routes. */
import { FAILURES } from "../cases.ts";
import { machinePath, type Json } from "../json.ts";
import type { Address, Answer, Call, ChangeSaid, EventCall, FailureSaid, MachineSaid, ReceiptSaid } from "./calls.ts";
import type { Heard, World } from "./world.ts";

type Send = (path: string, init?: RequestInit) => Promise<Response>;
type Headers = Readonly<Record<string, string>>;

interface Response_ {
  readonly headers: globalThis.Headers;
  readonly body: Json;
}

export class JsonCaller {
  readonly #world: World;
  readonly #send: Send;
  #messages: string[] = [];

  constructor(world: World, send: Send) {
    this.#world = world;
    this.#send = send;
  }

  async call(call: Call): Promise<Heard<Answer>> {
    this.#messages = [];
    return { answer: await this.#ask(call), messages: this.#messages };
  }

  async #ask(call: Call): Promise<Answer> {
    switch (call.do) {
      case "create": {
        const { do: _do, configuration, version, key, ...rest } = call;
        const name = this.#world.name(configuration);
        const body = { ...rest, config_id: version === undefined ? name : `${name}:${version}` };
        const headers = key === undefined ? {} : { "idempotency-key": key };
        return await this.#fetch("POST", "/api/v1/statemachines", { body, headers, status: 201 }, (answered) => {
          const path = machinePath(name, answered.body.id);
          if (answered.headers.get("location") !== path) throw new Error(`created elsewhere than at ${path}`);
          return this.#machine(this.#world.createdId(call, answered.body.id), answered);
        });
      }
      case "read": {
        const query = call.atRevision === undefined ? "" : `?at_revision=${call.atRevision}`;
        return await this.#fetch("GET", this.#path(call) + query, {}, (answered) => this.#answer(answered));
      }
      case "label": {
        const removed = call.remove.map((name) => [name, null] as const);
        const body = { labels: { ...call.set, ...Object.fromEntries(removed) } };
        const asked = { body, headers: ifMatch(call.expectedRevision) };
        return await this.#fetch("PATCH", this.#path(call), asked, (answered) => this.#answer(answered));
      }
      case "override": {
        const { state, data, comment } = call;
        const asked = { body: { state, data, comment }, headers: ifMatch(call.expectedRevision) };
        return await this.#fetch("POST", `${this.#path(call)}/override`, asked, (answered) => this.#answer(answered));
      }
      case "delete": {
        const asked = { headers: ifMatch(call.expectedRevision), status: 204 };
        return await this.#fetch("DELETE", this.#path(call), asked, () => "done");
      }
      case "send":
        return await this.#sendEvent(call);
      case "send many": {
        const events = call.events.map((event) => ({ ...this.#world.address(event), ...eventBody(event) }));
        const path = `/api/v1/statemachines:send-events${call.isDryRun ? "?dry_run=true" : ""}`;
        return await this.#fetch("POST", path, { body: { events } }, ({ body }) => {
          if ((body.dry_run ?? false) !== call.isDryRun)
            throw new Error("the batch does not say whether it is a dry run");
          return { results: body.results.map((result: Json) => this.#result(result)) };
        });
      }
      case "read event": {
        const path = `${this.#path(call)}/events/${encodeURIComponent(call.eventId)}`;
        return await this.#fetch("GET", path, {}, ({ body }) => ({ receipt: this.#receipt(body), isDryRun: false }));
      }
      case "list history": {
        const query = `order=${call.order}&page_size=1000${call.refused ? "&refused=true" : ""}`;
        return await this.#fetch("GET", `${this.#path(call)}/history?${query}`, {}, ({ body }) => {
          if (body.next_page_token !== "") throw new Error("more than was asked for");
          return call.refused
            ? { receipts: body.receipts.map((one: Json) => this.#receipt(one)) }
            : { history: body.history.map(changeOf) };
        });
      }
      case "list allowed":
        return await this.#fetch("GET", `${this.#path(call)}/allowed-events`, {}, ({ body }) => ({
          state: body.state,
          revision: body.revision,
          allowed: body.events.map(({ event, allowed, to = null, reason = null }: Json) => ({
            event,
            allowed,
            to,
            reason,
          })),
        }));
      default:
        return call satisfies never;
    }
  }

  async #sendEvent({ event, isDryRun, byHeaders }: Extract<Call, { do: "send" }>): Promise<Answer> {
    const { event_id: eventId, expected_revision: revision, ...rest } = eventBody(event);
    // Header values are ASCII and not empty.
    const inHeaders = byHeaders && /^[!-~]+(?: [!-~]+)*$/.test(event.eventId);
    const body = inHeaders ? rest : { ...rest, event_id: eventId, expected_revision: revision };
    const headers: Headers = inHeaders ? { "idempotency-key": eventId, ...ifMatch(revision) } : {};
    const path = `${this.#path(event)}/events${isDryRun ? "?dry_run=true" : ""}`;
    return await this.#fetch("POST", path, { body, headers }, (answered) => {
      const receipt = this.#receipt(answered.body);
      const etag = isDryRun || receipt.duplicate ? null : `"${receipt.revision}"`;
      if (answered.headers.get("etag") !== etag) throw new Error(`the ETag is not ${etag}`);
      return { receipt, isDryRun: answered.body.dry_run ?? false };
    });
  }

  #path(address: Address): string {
    const { configuration, id } = this.#world.address(address);
    return machinePath(configuration, id);
  }

  async #fetch(
    method: string,
    path: string,
    asked: { readonly body?: unknown; readonly headers?: Headers; readonly status?: number },
    read: (answered: Response_) => Answer,
  ): Promise<Answer> {
    const { body, headers = {}, status = 200 } = asked;
    const response = await this.#send(path, {
      method,
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answered: Response_ = {
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    if (response.status === status) return read(answered);
    return { failure: this.#problem(answered.body, response.status) };
  }

  #result({ status, receipt, problem }: Json): Answer {
    if ((receipt === undefined) === (problem === undefined)) throw new Error("a receipt or a problem, one of them");
    if (problem !== undefined) return { failure: this.#problem(problem, status) };
    if (status !== 200) throw new Error(`a receipt with the status ${status}`);
    return { receipt: this.#receipt(receipt), isDryRun: false };
  }

  #problem(problem: Json, status: number): FailureSaid {
    const { reason, detail, metadata, errors, receipt } = problem;
    if (status !== FAILURES[reason]?.[1] || problem.status !== status) {
      throw new Error(`${reason} with the status ${status}, ${problem.status} in the problem: ${detail}`);
    }
    this.#messages.push(this.#world.plain(detail));
    return {
      reason,
      receipt: receipt === undefined ? null : this.#receipt(receipt),
      pointers: errors.map(({ pointer }: Json) => pointer),
      metadata,
    };
  }

  #answer(answered: Response_): Answer {
    return this.#machine(this.#world.plain(answered.body.id), answered);
  }

  #machine(id: string, { headers, body }: Response_): { machine: MachineSaid } {
    const { config_id: configId, state, data, labels, revision, final, history, ...rest } = body.statemachine;
    if (headers.get("etag") !== `"${revision}"`) throw new Error(`the ETag of revision ${revision} is another`);
    return {
      machine: {
        id,
        configId: this.#world.plain(configId),
        state,
        data,
        labels,
        revision,
        final,
        history: history.map(changeOf),
        hasOlderHistory: rest.history_next_page_token !== "",
      },
    };
  }

  #receipt(body: Json): ReceiptSaid {
    if (Number.isNaN(Date.parse(body.at))) throw new Error("a receipt without a time");
    if (body.message !== undefined) this.#messages.push(this.#world.plain(body.message));
    const {
      event,
      result,
      code,
      reason = "",
      from,
      to = null,
      revision,
      originator,
      actor,
      duplicate,
      details,
      data,
    } = body;
    return {
      eventId: body.event_id,
      event,
      configId: this.#world.plain(body.config_id),
      machine: this.#world.plainAddress(body.machine),
      result,
      code,
      reason,
      from,
      to,
      revision,
      originator,
      actor,
      duplicate,
      created: body.created ?? false,
      details,
      data,
      allowedEvents: body.allowed_events ?? [],
    };
  }
}

function ifMatch(revision: number | undefined): Headers {
  return revision === undefined ? {} : { "if-match": `"${revision}"` };
}

function eventBody({
  event,
  eventId,
  data,
  details,
  originator,
  expectedState,
  expectedRevision,
  createIfMissing,
}: EventCall) {
  return {
    event,
    event_id: eventId,
    data,
    details,
    originator,
    expected_state: expectedState,
    expected_revision: expectedRevision,
    create_if_missing: createIfMissing,
  };
}

function changeOf({
  revision,
  kind,
  event_id: eventId,
  transition,
  originator,
  actor,
  details,
  data,
  timestamp,
}: Json): ChangeSaid {
  if (Number.isNaN(Date.parse(timestamp))) throw new Error("a change without a time");
  const { from, to, event } = transition;
  return { revision, kind, eventId, event, from, to, originator, actor, details, data };
}
