/**
 * `npm run demo`: walks an order through its life against a running server and prints what happens.
 * A caller like any other: it knows the JSON routes and nothing of the inside.
 */
const base = `http://localhost:${process.env["PORT"] || "8787"}`;

const CONFIGURATION = {
  name: "demo-orders",
  version: "v1",
  starting_state: "start",
  states: ["start", "pending", "shipped", "delivered", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship" },
    { from: "shipped", to: "delivered", event: "deliver" },
    { from: "start", to: "cancelled", event: "cancel" },
    { from: "pending", to: "cancelled", event: "cancel" },
  ],
};

interface Receipt {
  result: string;
  code: string;
  reason?: string;
  message?: string;
  from: string;
  to?: string;
  revision: number;
  duplicate: boolean;
}

interface Answer {
  status: number;
  body: {
    detail?: string;
    id?: string;
    statemachine?: { state: string; revision: number };
    receipt?: Receipt;
    history?: { revision: number; event_id: string; transition: { from: string; to: string; event: string } }[];
  } & Partial<Receipt>;
}

class DemoError extends Error {}

async function call(method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(base + path, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new DemoError(
      `No server answers at ${base}. Start one with \`npm start\` (same PORT), then run the demo again.`,
    );
  }
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as Answer["body"] };
  } catch {
    throw new DemoError(`${method} ${path} answered ${response.status} without JSON; is ${base} Detent?`);
  }
}

function expectStatus(answer: Answer, what: string, ...statuses: number[]): void {
  if (statuses.includes(answer.status)) return;
  throw new DemoError(`${what} failed: ${answer.status} ${answer.body.detail ?? JSON.stringify(answer.body)}`);
}

function describe(receipt: Receipt): string {
  const move = receipt.to === undefined ? `stays in ${receipt.from}` : `${receipt.from} -> ${receipt.to}`;
  const again = receipt.duplicate ? " (already applied: the first receipt again)" : "";
  const why = receipt.reason === undefined ? "" : `\n      ${receipt.reason}: ${receipt.message ?? ""}`;
  return `${receipt.result}, ${move}, revision ${receipt.revision}${again}${why}`;
}

async function main(): Promise<void> {
  const uploaded = await call("POST", "/api/v1/configurations", CONFIGURATION);
  // 409: a demo ran here before; configurations are immutable, so it is the same one.
  expectStatus(uploaded, "Uploading the configuration", 201, 409);
  console.log(`configuration demo-orders:v1 ${uploaded.status === 201 ? "uploaded" : "is there already"}`);

  const created = await call("POST", "/api/v1/statemachines", { config_id: "demo-orders:v1" });
  expectStatus(created, "Creating the order", 201);
  const id = created.body.id ?? "";
  console.log(`order ${id} created in state ${created.body.statemachine?.state ?? "?"}\n`);

  const machine = `/api/v1/statemachines/demo-orders/${encodeURIComponent(id)}`;
  const steps: { event: string; event_id: string; expect: Partial<Receipt> }[] = [
    { event: "accept", event_id: "demo-1", expect: { result: "transitioned", duplicate: false } },
    { event: "deliver", event_id: "demo-2", expect: { result: "refused", duplicate: false } },
    { event: "ship", event_id: "demo-3", expect: { result: "transitioned", duplicate: false } },
    { event: "ship", event_id: "demo-3", expect: { result: "transitioned", duplicate: true } },
    { event: "deliver", event_id: "demo-4", expect: { result: "transitioned", duplicate: false } },
  ];
  for (const { event, event_id, expect } of steps) {
    const answer = await call("POST", `${machine}/events`, { event, event_id });
    // A refused event is a problem that carries its receipt.
    const receipt = answer.body.receipt ?? (answer.body as Receipt);
    if (receipt.result !== expect.result || receipt.duplicate !== expect.duplicate) {
      throw new DemoError(`Event ${event} (${event_id}) was answered unexpectedly: ${JSON.stringify(answer.body)}`);
    }
    console.log(`${event.padEnd(8)} ${event_id}  ${describe(receipt)}`);
  }

  const history = await call("GET", `${machine}/history`);
  expectStatus(history, "Reading the history", 200);
  console.log("\nhistory");
  for (const { revision, event_id, transition } of history.body.history ?? []) {
    console.log(`  ${revision}  ${transition.event.padEnd(8)} ${transition.from} -> ${transition.to}  (${event_id})`);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
