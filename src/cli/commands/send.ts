/** `detent send`: documents of go-statemachine's kinds, one after the other. */
import type { Command } from "commander";
import type { Receipt } from "../answers.ts";
import type { Door } from "../door.ts";
import { sendEvent } from "../events.ts";
import { answeredNo, Refused, usage } from "../failure.ts";
import { readDocuments } from "../input.ts";
import { readRequest, type Kind, type Request } from "../kinds.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import { createMachine, nameOf } from "../machines.ts";
import { formatReceipt } from "../receipts.ts";
import { toPrintable } from "../table.ts";

/** What became of a document; `answer` is the route's. */
interface Sent {
  readonly kind: Kind;
  readonly name: string;
  readonly status: "created" | "identical" | "sent" | "duplicate" | "refused";
  readonly answer: object;
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
    json: '`{"results": [{"kind", "name", "status", "answer"}]}`: the status is `created`, `identical`, `sent`, `duplicate` or `refused`, the answer that of `CreateConfiguration`, `GetConfiguration`, `CreateMachine` or `SendEvent`',
    run: async ({ output, door }, file) => {
      if (file === undefined && !process.argv.includes("--")) throw usage("name a file to send, or - for stdin");
      const requests = (await readDocuments(file ?? "-")).map(readRequest);
      if (requests.length === 0) throw usage("there is no document in it");
      const service = await door();
      const results: Sent[] = [];
      for (const request of requests) {
        const sent = await sendRequest(service, request);
        results.push(sent);
        const line = `${sent.kind} ${toPrintable(sent.name)}: ${describe(sent)}`;
        if (sent.status === "refused") {
          output.complain(line);
          break;
        }
        output.say(line);
      }
      if (output.isJson) output.data({ results }, () => "");
      if (results.at(-1)?.status === "refused") throw answeredNo();
    },
  });
}

async function sendRequest(door: Door, request: Request): Promise<Sent> {
  const { kind, body } = request;
  if (kind === "EventRequest") return await sendRequestedEvent(door, request);
  if (kind === "Configuration") return await createConfiguration(door, body);
  const answer = await createMachine(door, body);
  return { kind, name: nameOf(answer), status: "created", answer };
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
    const answer = await door.get<object>(`/api/v1/configurations/${configId}`);
    return { kind, name: configId, status: "identical", answer };
  }
}

async function sendRequestedEvent(door: Door, request: Request & { readonly kind: "EventRequest" }): Promise<Sent> {
  const { kind, configuration, id, body } = request;
  const name = `${configuration}/${id}`;
  const answer = await sendEvent(door, name, body);
  const status = answer.reason !== undefined ? "refused" : answer.duplicate ? "duplicate" : "sent";
  return { kind, name, status, answer };
}

function describe({ status, answer }: Sent): string {
  if (status === "created") return status;
  return status === "identical" ? "exists, identical" : formatReceipt(answer as Receipt);
}
