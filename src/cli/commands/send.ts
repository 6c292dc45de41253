/** `detent send`: documents of go-statemachine's kinds, one after the other. */
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import type { Door } from "../door.ts";
import { answeredNo, Refused, usage } from "../failure.ts";
import { machinePath, readDocuments } from "../input.ts";
import { readRequest, type Kind, type Request } from "../kinds.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import { toPrintable } from "../table.ts";

/** What became of a document; `answer` is the route's. */
interface Sent {
  readonly kind: Kind;
  readonly name: string;
  readonly status: "created" | "identical" | "sent" | "duplicate" | "refused";
  readonly answer: Readonly<Record<string, unknown>>;
}

export function addSend(program: Command, runner: Runner): void {
  addLeaf(program, runner, {
    name: "send [file]",
    summary: "send the documents of a file: configurations, machines, events",
    description: `Sends the documents of a file of YAML or JSON ("-" or "--": stdin), one after the other. Each has a kind
(Configuration, FiniteStateMachine, EventRequest) and a spec, as go-statemachine's command line has them.

A configuration that is there already, with the same content, counts as done. The first document that is not accepted ends
the command with exit code 1; what was sent before it stays.`,
    examples: [
      ["send orders.yaml", "every document of the file"],
      ["send - < orders.yaml", "the same from stdin"],
      ["send --json orders.yaml", "the answers, as JSON"],
    ],
    run: async ({ output, door }, file) => {
      if (file === undefined && !process.argv.includes("--")) throw usage("name a file to send, or - for stdin");
      const requests = (await readDocuments(file ?? "-")).map(readRequest);
      if (requests.length === 0) throw usage("there is no document in it");
      const service = await door();
      const results: Sent[] = [];
      for (const request of requests) {
        const sent = await sendRequest(service, request);
        results.push(sent);
        output.say(`${sent.kind} ${toPrintable(sent.name)}: ${describe(sent)}`);
        if (sent.status === "refused") break;
      }
      if (output.isJson) output.data({ results }, () => "");
      if (results.at(-1)?.status === "refused") throw answeredNo();
    },
  });
}

async function sendRequest(door: Door, request: Request): Promise<Sent> {
  const { kind, body } = request;
  if (kind === "EventRequest") return await sendEvent(door, request);
  if (kind === "Configuration") return await createConfiguration(door, body);
  // Asked twice for the same machine, the service knows it again by this key.
  const headers = { "idempotency-key": randomUUID() };
  const call = body["id"] === undefined ? { headers, isRepeatable: true } : {};
  const answer = await door.post<{ id: string; statemachine: { config_id: string } }>(
    "/api/v1/statemachines",
    body,
    call,
  );
  const [configuration] = answer.statemachine.config_id.split(":");
  return { kind, name: `${configuration}/${answer.id}`, status: "created", answer };
}

/** Uploads a configuration; one that is there with the same content counts as done. */
export async function createConfiguration(
  door: Door,
  body: unknown,
): Promise<Sent & { readonly kind: "Configuration" }> {
  const kind = "Configuration";
  try {
    const answer = await door.post<{ name: string; version: string }>("/api/v1/configurations", body, {
      isRepeatable: true,
    });
    return { kind, name: `${answer.name}:${answer.version}`, status: "created", answer };
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.metadata?.["identical"] !== "true") throw error;
    const { name = "", version = "" } = body as { name?: string; version?: string };
    const configId = `${name}:${version || "v1"}`;
    const answer = await door.get<Sent["answer"]>(`/api/v1/configurations/${configId}`);
    return { kind, name: configId, status: "identical", answer };
  }
}

async function sendEvent(door: Door, request: Request & { readonly kind: "EventRequest" }): Promise<Sent> {
  const { kind, configuration, id } = request;
  const name = `${configuration}/${id}`;
  // Named here, so that an answer that was lost can be asked for again.
  const body = { event_id: randomUUID(), ...request.body };
  try {
    const answer = await door.post<Sent["answer"]>(`${machinePath(name)}/events`, body, { isRepeatable: true });
    return { kind, name, status: answer["duplicate"] === true ? "duplicate" : "sent", answer };
  } catch (error) {
    const receipt = error instanceof Refused ? error.problem.receipt : undefined;
    if (receipt === undefined) throw error;
    return { kind, name, status: "refused", answer: receipt };
  }
}

function describe({ status, answer }: Sent): string {
  const text = (name: string) => {
    const value = answer[name] ?? "";
    return toPrintable(typeof value === "string" ? value : JSON.stringify(value));
  };
  if (status === "sent" || status === "duplicate") {
    const moved = `${text("event")}: ${text("from")} -> ${text("to") || text("result")}, revision ${text("revision")}`;
    return status === "duplicate" ? `${moved} (a duplicate of ${text("event_id")})` : moved;
  }
  return status === "refused"
    ? `refused: ${text("reason")}: ${text("message")}`
    : status === "identical"
      ? "exists, identical"
      : status;
}
