/**
 * Charges orders: follows the feed of changes, does what a state asks for, and reports back with an event. It may be
 * stopped, started twice or killed at any point, and so may the server: what it does again is done under the same name.
 *
 * `node examples/self-healing-order/index.ts`, with `DETENT_URL` (default http://localhost:8787) and, beyond a laptop,
 * `DETENT_KEY`.
 */
const url = process.env["DETENT_URL"] ?? "http://localhost:8787";
const key = process.env["DETENT_KEY"];
const CONFIGURATION = "self-healing-order";
const POLL_MS = 500;

/** An entry of `/api/v1/transitions`. */
interface Change {
  readonly kind: "created" | "changed" | "deleted";
  readonly id: string;
  readonly revision: number;
  readonly to: string;
}

async function call(method: string, path: string, body?: object): Promise<{ status: number; answer: unknown }> {
  const headers = {
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // Nothing was decided; the same is asked again.
  if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status}`);
  return { status: response.status, answer: await response.json() };
}

/**
 * Stands for a payment provider: cards of orders whose id begins with `broke` are never good for it, those that begin with
 * `flaky` only at the third attempt. A real one takes `idempotencyKey` and answers the same to the same key.
 */
function charge(idempotencyKey: string, id: string, attempts: number): { payment: string } | { error: string } {
  if (id.startsWith("broke") || (id.startsWith("flaky") && attempts < 3)) return { error: "card declined" };
  return { payment: `payment ${idempotencyKey}` };
}

/** What the state `charging` asks for. The revision names the attempt: each entry into the state has its own. */
async function handle({ id, revision }: Change): Promise<void> {
  const machine = `/api/v1/statemachines/${CONFIGURATION}/${encodeURIComponent(id)}`;
  const { status, answer } = await call("GET", `${machine}?at_revision=${revision}`);
  if (status !== 200) return;
  const { statemachine } = answer as { statemachine: { data: { attempts: number } } };
  const result = charge(`${id}/${revision}`, id, statemachine.data.attempts);
  // Under the same id a report that comes again changes nothing; of an attempt that is over the machine takes none.
  const report = { event_id: `charge-${revision}`, expected_revision: revision, data: result };
  const event = "payment" in result ? "charged" : "charge_failed";
  const sent = await call("POST", `${machine}/events`, { event, ...report });
  console.log(`${id} ${event} ${sent.status}`);
}

/** Handles the changes behind `cursor`; answers the cursor behind them, the same where there was none. */
async function catchUp(cursor: string): Promise<string> {
  const { status, answer } = await call("GET", `/api/v1/transitions?configuration=${CONFIGURATION}&after=${cursor}`);
  if (status !== 200) throw new Error(`the feed answers ${status}: ${JSON.stringify(answer)}`);
  const { transitions, next_cursor } = answer as { transitions: Change[]; next_cursor: string };
  for (const change of transitions) if (change.to === "charging") await handle(change);
  return next_cursor;
}

async function follow(): Promise<never> {
  // A consumer that must not miss what happened while it was away keeps the cursor where it keeps its own data.
  let cursor = "";
  for (;;) {
    const before = cursor;
    try {
      cursor = await catchUp(cursor);
    } catch (error) {
      // The server is away, perhaps restarted: what was not finished begins anew from the cursor.
      console.error(`${String(error)}; trying again`);
    }
    if (cursor === before) await new Promise((resolve) => void setTimeout(resolve, POLL_MS));
  }
}

await follow();
