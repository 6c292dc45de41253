/** The page: shows a machine as it is, keeps showing it by watching, and sends it events. */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { ConfigurationService } from "../../src/gen/detent/v1/configuration_service_pb.ts";
import type { AllowedEvent, HistoryEntry } from "../../src/gen/detent/v1/machine_pb.ts";
import { MachineService } from "../../src/gen/detent/v1/machine_service_pb.ts";

/** Where Detent is: filled in when the page is bundled. */
declare const DETENT_URL: string;

const ORDER = {
  name: "watched-orders",
  version: "v1",
  startingState: "start",
  states: ["start", "paid", "shipped", "returned", "cancelled"],
  transitions: [
    { from: "start", to: "paid", event: "pay" },
    { from: "paid", to: "shipped", event: "ship" },
    { from: "shipped", to: "returned", event: "return" },
    { from: "returned", to: "paid", event: "replace" },
    { from: "start", to: "cancelled", event: "cancel" },
    { from: "paid", to: "cancelled", event: "cancel" },
  ],
};
const PAUSE_MS = 1_000;
/** A heartbeat comes every 15 s. */
const SILENCE_MS = 40_000;

const transport = createConnectTransport({ baseUrl: DETENT_URL });
const configurations = createClient(ConfigurationService, transport);
const machines = createClient(MachineService, transport);
const machine = {
  configuration: ORDER.name,
  // Another order with `?id=...`.
  id: new URLSearchParams(location.search).get("id") ?? "order-1",
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const codeOf = (error: unknown): Code => ConnectError.from(error).code;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Makes the order unless it is there. */
async function begin(): Promise<void> {
  try {
    await configurations.createConfiguration({ configuration: ORDER });
  } catch (error) {
    if (codeOf(error) !== Code.AlreadyExists) throw error;
  }
  try {
    await machines.createMachine({ configId: `${ORDER.name}:${ORDER.version}`, id: machine.id });
  } catch (error) {
    if (codeOf(error) !== Code.AlreadyExists) throw error;
  }
}

/** Reads the machine once, then is told of every change: after a cut from the last revision on. Returns when it is gone. */
async function follow(): Promise<void> {
  const { statemachine } = await machines.getMachine(machine);
  let afterRevision = statemachine?.revision ?? 0;
  const events = await listEvents();
  for (const entry of statemachine?.history ?? []) show(entry);
  showState(statemachine?.state ?? "", events);
  for (;;) {
    const cut = new Cut();
    try {
      say("watching");
      for await (const { revision, change } of machines.watchMachine({ ...machine, afterRevision }, cut)) {
        cut.postpone();
        if (change !== undefined) {
          // Asked before anything is shown: where it fails, the watch tells the change again.
          const next = await listEvents(cut.signal);
          show(change);
          showState(change.transition?.to || "gone", next);
        }
        afterRevision = revision;
      }
    } catch (error) {
      if (codeOf(error) === Code.NotFound) return say("the order is gone");
      say("connecting again");
      await pause(PAUSE_MS);
    } finally {
      cut.off();
    }
  }
}

/** Ends a call whose connection is lost without a word: the browser is offline, or not even a heartbeat comes. */
class Cut {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener("offline", () => this.off(), { signal: this.signal });
    this.postpone();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  postpone(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.off(), SILENCE_MS);
  }

  off(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

function say(text: string): void {
  element("connection").textContent = text;
}

function show({ revision, kind, transition, timestamp }: HistoryEntry): void {
  const item = document.createElement("li");
  const what = transition?.event || kind;
  const at = new Date(Number(timestamp?.seconds ?? 0) * 1_000);
  const texts = [String(revision), what, `${transition?.from} → ${transition?.to || "gone"}`];
  for (const text of texts) item.append(Object.assign(document.createElement("span"), { textContent: text }));
  item.append(Object.assign(document.createElement("time"), { textContent: at.toLocaleTimeString() }));
  element("history").prepend(item);
}

/** What may happen next: nothing when the order is gone, as the watch is about to tell. */
async function listEvents(signal?: AbortSignal): Promise<AllowedEvent[]> {
  try {
    return (await machines.listAllowedEvents(machine, signal && { signal })).events;
  } catch (error) {
    if (codeOf(error) === Code.NotFound) return [];
    throw error;
  }
}

function showState(state: string, events: readonly AllowedEvent[]): void {
  element("state").textContent = state;
  element("events").replaceChildren(
    ...events.map(({ event, allowed }) => {
      const button = document.createElement("button");
      button.textContent = event;
      button.disabled = allowed === "no";
      button.addEventListener("click", () => void send(event));
      return button;
    }),
  );
}

/** Whatever becomes of the event: the page shows what it is told by watching. */
async function send(event: string): Promise<void> {
  // Made here, so that sending again after a failure is the same event.
  const eventId = crypto.randomUUID();
  try {
    await machines.sendEvent({ ...machine, event, eventId, originator: "browser-watch" });
    element("problem").textContent = "";
  } catch (error) {
    element("problem").textContent = ConnectError.from(error).rawMessage;
  }
}

element("machine").textContent = machine.id;
for (;;) {
  try {
    await begin();
    await follow();
    break;
  } catch (error) {
    say("Detent cannot be reached");
    element("problem").textContent = ConnectError.from(error).rawMessage;
    await pause(PAUSE_MS);
  }
}
