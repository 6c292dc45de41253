/**
 * The service itself, but its outgoing queues are a sink in the process of the test, which survives when this one is
 * killed: what the sink has answered is what the queue has accepted. And ways into the events queue and its dead letters,
 * which a deployment's producers have by bindings of their own: POST /faults/events, /faults/dead-letters. POST
 * /faults/trouble makes a share of the writes to D1 and of the sends to the queues fail, and answers how many have;
 * /faults/made tells how often the machines' objects were made. The queue of jobs delivers everything three times, twice at
 * once.
 */
import type { Bindings } from "../../src/env.ts";
import worker, {
  IndexWriterObject as RealIndexWriterObject,
  MachineObject as RealMachineObject,
  SweeperObject as RealSweeperObject,
} from "../../src/worker.ts";
import { Trouble } from "./trouble.ts";

export { ErasureObject, JobObject, LimiterObject, RebuildObject } from "../../src/worker.ts";

interface FaultBindings extends Bindings {
  /** Where the sink listens: an origin of the loopback interface. */
  readonly SINK: string;
  readonly DEAD_LETTERS: Queue;
}

/** Of the whole process: its objects and its doors share one isolate here. */
let trouble = new Trouble(1);

const KNOWN = new WeakMap<FaultBindings, Bindings>();

/** The bindings with sinks for queues; the same for the same, since the service keeps what it has read of them. */
function withSinks(env: FaultBindings): Bindings {
  const known = KNOWN.get(env) ?? {
    ...env,
    NOTIFICATIONS: troubled(sinkOf(`${env.SINK}/notifications`)),
    TRANSITIONS: troubled(sinkOf(`${env.SINK}/transitions`)),
  };
  KNOWN.set(env, known);
  return known;
}

function troubled(queue: Queue): Queue {
  return {
    metrics: () => queue.metrics(),
    send: (body) => trouble.queue(queue).send(body),
    sendBatch: (messages) => trouble.queue(queue).sendBatch(messages),
  };
}

/** Only the index-writers' database: what events need while D1 is down is not what is tested by 503s. */
function withTroubledCatalog(env: Bindings): Bindings {
  const batch: D1Database["batch"] = (statements) => trouble.database(env.CATALOG).batch(statements);
  const CATALOG = { prepare: (sql: string) => env.CATALOG.prepare(sql), batch } as unknown as D1Database;
  return { ...env, CATALOG };
}

/** Settles when the sink has recorded the messages. */
function sinkOf(url: string): Queue {
  const post = async (bodies: unknown[]): Promise<QueueSendResponse> => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(bodies) });
    if (!response.ok) throw new Error(`the sink answered ${response.status}`);
    return { metadata: await metrics() };
  };
  const metrics = async () => ({ metrics: { backlogCount: 0, backlogBytes: 0 } });
  return {
    metrics: async () => (await metrics()).metrics,
    send: (body) => post([body]),
    sendBatch: (messages) => post([...messages].map(({ body }) => body)),
  };
}

/** How often each machine's object was made, in the life of this process: one more than it was evicted. */
const made = new Map<string, number>();

export class MachineObject extends RealMachineObject {
  constructor(ctx: DurableObjectState, env: FaultBindings) {
    super(ctx, withSinks(env));
    const name = ctx.id.name ?? "";
    made.set(name, (made.get(name) ?? 0) + 1);
  }
}

export class IndexWriterObject extends RealIndexWriterObject {
  constructor(ctx: DurableObjectState, env: FaultBindings) {
    super(ctx, withTroubledCatalog(withSinks(env)));
  }
}

export class SweeperObject extends RealSweeperObject {
  constructor(ctx: DurableObjectState, env: FaultBindings) {
    super(ctx, withSinks(env));
  }
}

/** The same messages once more, whatever is said of these. */
function copyOf(batch: MessageBatch): MessageBatch {
  const nothing = (): void => undefined;
  const messages = batch.messages.map(({ id, timestamp, body, attempts }) => {
    return { id, timestamp, body, attempts, ack: nothing, retry: nothing };
  });
  return { queue: batch.queue, metadata: batch.metadata, messages, ackAll: nothing, retryAll: nothing };
}

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname === "/faults/trouble") {
      const { seed, share } = await request.json<{ seed?: number; share: number }>();
      const { count } = trouble;
      if (seed !== undefined) trouble = new Trouble(seed);
      trouble.share = share;
      return Response.json({ count });
    }
    if (new URL(request.url).pathname === "/faults/made") return Response.json(Object.fromEntries(made));
    const ways: Record<string, Queue> = { "/faults/events": env.EVENTS, "/faults/dead-letters": env.DEAD_LETTERS };
    const way = ways[new URL(request.url).pathname];
    if (way === undefined) return await worker.fetch(request, withSinks(env), context);
    await way.sendBatch(await request.json<MessageSendRequest[]>());
    return new Response(null, { status: 202 });
  },
  queue: async (batch, env, context) => {
    const deliver = (delivered: MessageBatch) => worker.queue(delivered, withSinks(env), context);
    if (!batch.queue.endsWith("jobs")) return await deliver(batch);
    await Promise.all([deliver(batch), deliver(copyOf(batch))]);
    await deliver(copyOf(batch));
  },
  scheduled: (controller, env) => worker.scheduled(controller, withSinks(env)),
} satisfies ExportedHandler<FaultBindings>;
