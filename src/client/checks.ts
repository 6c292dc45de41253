/** Options of a client, checked when it is made: what is wrong with them would otherwise look like a server that is not there. */
import { PATIENCE, type Patience } from "./backoff.ts";
import type { Credential } from "./credential.ts";

/** `retry` with what it does not say. Throws TypeError. */
export function patienceOf(retry: Partial<Patience> | false | undefined): Patience {
  if (retry === false) return { ...PATIENCE, attempts: 1 };
  const {
    attempts = PATIENCE.attempts,
    firstWaitMs = PATIENCE.firstWaitMs,
    longestWaitMs = PATIENCE.longestWaitMs,
  } = retry ?? {};
  const patience = { attempts, firstWaitMs, longestWaitMs };
  checkNumbers(patience, "retry.");
  return patience;
}

/** Each is absent, or a number that a counter or a timer can take. Throws TypeError. */
export function checkNumbers(numbers: Readonly<Record<string, number | undefined>>, before = ""): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 1)) {
      throw new TypeError(`${before}${name} must be a finite number from 1 on, but is ${String(value)}`);
    }
  }
}

interface Way {
  readonly url: string;
  readonly credential?: Credential | undefined;
  readonly allowPlainHttp?: boolean | undefined;
}

/**
 * The url as calls take it. A credential goes over TLS, stays on this machine, or goes to where the page itself came from:
 * whoever listens there has the page, too. Throws TypeError.
 */
export function checkUrl({ url: text, credential, allowPlainHttp = false }: Way): string {
  // The location of a page; workers and servers have none.
  const { href, origin } = (globalThis as { location?: { href?: string; origin?: string } }).location ?? {};
  const url = text === "" ? undefined : parse(text, href);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`url must be one like https://detent.example.com, but is ${JSON.stringify(text)}`);
  }
  if (url.username !== "" || url.password !== "") throw new TypeError("url must not have a user or password in it");
  const isSafe = url.protocol === "https:" || isHere(url.hostname) || url.origin === origin;
  if (credential !== undefined && credential !== "" && !isSafe && !allowPlainHttp) {
    throw new TypeError(
      `a credential is not sent to ${url.origin}, which is not https; where nobody else listens, allowPlainHttp permits it`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function parse(text: string, base: string | undefined): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

function isHere(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname);
}
