/** The JSON routes of a server on this machine, as the tests of the console fill it. */

export interface Call {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Sent as JSON; its presence makes the call a POST. */
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks one server; without a key as whom it takes for anonymous. */
export class Api {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The answer's body, undefined where it has none. Throws at any status of 400 and above, with what was said. */
  async call<T = unknown>(path: string, { method, body, key, headers }: Call = {}): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method ?? ""} ${path}: ${response.status} ${text.slice(0, 2000)}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}

/** Where a machine is in the API. */
export function machinePath(configuration: string, id: string): string {
  return `/api/v1/statemachines/${configuration}/${encodeURIComponent(id)}`;
}

/** Does the work for each item, so many at a time. */
export async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>, atOnce = 8): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: atOnce }, async () => {
    // The workers share one iterator, so that each item is taken once.
    for (const item of queue) await work(item);
  });
  await Promise.all(workers);
}
