/**
 * As much of Cloudflare's API as wrangler needs to make a deployment, on this machine: databases that run SQL, queues,
 * Workers and their secrets. It says what wrangler asked for; whether Cloudflare answers so, it cannot say.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { buffer, json } from "node:stream/consumers";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const DATABASE_ID = "11111111-2222-3333-4444-555555555555";

interface Answer {
  readonly status: number;
  readonly body: object;
}

interface Metadata {
  readonly bindings: { readonly name: string; readonly type: string }[];
  readonly keep_bindings?: readonly string[];
  readonly migrations?: { readonly new_tag: string };
}

interface Database {
  readonly uuid: string;
  readonly name: string;
  readonly jurisdiction: string | null;
  readonly sql: DatabaseSync;
}

export class FakeCloudflare implements AsyncDisposable {
  readonly databases: Database[] = [];
  readonly queues: { queue_name: string; jurisdiction?: string }[] = [];
  /** The secrets of each Worker. */
  readonly workers = new Map<string, Record<string, string>>();
  /** The queues with a consumer, and where each sends its dead letters. */
  readonly consumers = new Map<string, string | undefined>();
  /** What the last upload said of its Worker. */
  uploaded: Metadata | undefined;
  /** Every request that may change something. */
  readonly writes: string[] = [];
  /** Requests whose method and path contain this are answered with 500. */
  broken: string | undefined;

  readonly #server = createServer((request, response) => {
    void this.#answer(request).then(({ status, body }) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
    );
  });

  static async start(): Promise<FakeCloudflare> {
    const fake = new FakeCloudflare();
    await once(fake.#server.listen(0, "127.0.0.1"), "listening");
    return fake;
  }

  /** For wrangler. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDFLARE_API_TOKEN: "no-secret",
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    for (const { sql } of this.databases) sql.close();
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? "/", "http://fake");
    const path = url.pathname.replace(`/accounts/${ACCOUNT}`, "");
    const call = `${request.method} ${path}`;
    if (request.method !== "GET" && !path.endsWith("/query")) this.writes.push(call);
    if (this.broken !== undefined && call.includes(this.broken)) return refuse(500, 10000, "It is broken");
    const [, name = ""] = /^\/workers\/scripts\/([^/]+)/.exec(path) ?? [];
    switch (call.replace(`/scripts/${name}`, "/scripts/*").replace(DATABASE_ID, "*")) {
      case "GET /d1/database":
        return answer(
          this.databases.map(({ uuid, name: called, jurisdiction }) => ({ uuid, name: called, jurisdiction })),
        );
      case "POST /d1/database": {
        const asked = (await json(request)) as { name: string; jurisdiction?: string };
        const database = { uuid: DATABASE_ID, name: asked.name, jurisdiction: asked.jurisdiction ?? null };
        this.databases.push({ ...database, sql: new DatabaseSync(":memory:") });
        return answer(database);
      }
      case "POST /d1/database/*/query":
        return answer(this.#query(((await json(request)) as { sql: string }).sql));
      case "GET /queues":
        return answer(
          this.queues.filter(({ queue_name }) => queue_name === url.searchParams.get("name")).map(describeQueue),
        );
      case "POST /queues":
        this.queues.push((await json(request)) as { queue_name: string });
        return answer({});
      case "GET /workers/scripts/*/secrets": {
        const secrets = this.workers.get(name);
        if (secrets === undefined) return refuse(404, 10007, "This Worker does not exist on your account.");
        return answer(Object.keys(secrets).map((key) => ({ name: key, type: "secret_text" })));
      }
      case "PATCH /workers/scripts/*/secrets-bulk": {
        const secrets = this.workers.get(name);
        if (secrets === undefined) return refuse(404, 10007, "This Worker does not exist on your account.");
        const asked = (await json(request)) as { secrets: Record<string, { text: string }> };
        for (const [key, { text: value }] of Object.entries(asked.secrets)) secrets[key] = value;
        return answer({});
      }
      case "PUT /workers/scripts/*":
        this.workers.set(name, this.workers.get(name) ?? {});
        this.uploaded = await readMetadata(request);
        return answer({ id: name, deployment_id: "0".repeat(32), startup_time_ms: 1 });
      default:
        return (await this.#answerDeployment(call, request)) ?? refuse(404, 7003, `The fake does not know ${call}`);
    }
  }

  /** What only `wrangler deploy` asks for. */
  async #answerDeployment(call: string, request: IncomingMessage): Promise<Answer | undefined> {
    const [, queue] = /^(?:GET|POST) \/queues\/([^/]+)\/consumers$/.exec(call) ?? [];
    if (queue !== undefined && request.method === "POST") {
      const { dead_letter_queue } = (await json(request)) as { dead_letter_queue?: string };
      this.consumers.set(queue, dead_letter_queue);
      return answer({});
    }
    switch (call.replaceAll("detent-acme", "*")) {
      case "GET /workers/services/*":
        return answer({
          default_environment: { environment: "production", script: { last_deployed_from: "wrangler" } },
        });
      case "GET /workers/scripts/*/deployments":
        return answer({ deployments: [] });
      case "GET /workers/scripts/*/settings":
        return answer({ bindings: [] });
      case "POST /workers/scripts/*/assets-upload-session":
        return answer({ jwt: "a.b.c", buckets: [] });
      case "GET /workers/workers/*":
        return answer({ subdomain: { enabled: true, previews_enabled: false } });
      case "GET /workers/subdomain":
        return answer({ subdomain: "example" });
      case "POST /workers/scripts/*/subdomain":
        return answer({ enabled: true, previews_enabled: false });
      case "PUT /workers/scripts/*/schedules":
        return answer({ schedules: [] });
      default:
        return undefined;
    }
  }

  /** Wrangler sends a migration as one text; only its own questions have rows. */
  #query(sql: string): object[] {
    const database = this.databases[0]?.sql;
    if (database === undefined) throw new Error("there is no database");
    if (/^\s*SELECT/i.test(sql)) return [{ results: database.prepare(sql).all(), success: true, meta: {} }];
    database.exec(sql);
    return [{ results: [], success: true, meta: {} }];
  }
}

async function readMetadata(request: IncomingMessage): Promise<Metadata> {
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  const form = await new Response(await buffer(request), { headers }).formData();
  const metadata = form.get("metadata");
  return JSON.parse(typeof metadata === "string" ? metadata : ((await metadata?.text()) ?? "{}")) as Metadata;
}

function describeQueue(queue: { queue_name: string; jurisdiction?: string }): object {
  return {
    ...queue,
    queue_id: queue.queue_name,
    producers_total_count: 0,
    producers: [],
    consumers_total_count: 0,
    consumers: [],
  };
}

function answer(result: object): Answer {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

function refuse(status: number, code: number, message: string): Answer {
  return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } };
}
