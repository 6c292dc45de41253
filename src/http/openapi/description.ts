/** What is said about an operation besides what its route says: the words, the answers, the reasons, an example. */
import type { Reason } from "../../errors.ts";
import type { AnswerName } from "./answers.ts";

/** The resources, in the order in which the document shows them. */
export const TAGS = {
  Configurations:
    "A configuration is a finite state machine as data. It never changes: `name:version` is one content for good.",
  Machines:
    "A machine is one business entity that lives by a configuration. It is addressed by the configuration's name and its id.",
  Events:
    "An event moves a machine, or is refused. Either way there is a receipt, and the same event id gets it again.",
  Feeds: "What happened, oldest first, for who has no queue. Feeds come from the index and may be 5 s behind.",
  "Dead letters": "Messages of the events queue that could not be applied, kept until they are sent again.",
  Interventions: "What is done by hand to configurations and machines that are in use.",
  Jobs: "The same done to many machines, each once, at a bounded rate, with a report.",
  StateService:
    "The protocol of StateService: its charts become configurations, and recipes that GET and PUT its `/state` work with another base URL and an authorization header.",
  "Keys and tokens":
    "Who may do what. A key is a server's; a token is made with a key, lives for minutes and reaches a part of what the key does: it is a browser's.",
  Tenants: "Whom the deployment serves, and what was done to them. The root key manages tenants and the keys of each.",
  Operation: "For who runs the service.",
} as const;

/** Headers of requests that mean something, each with an example. */
export const REQUEST_HEADERS = {
  "If-Match": '"0"',
  "If-None-Match": '"0"',
  "Idempotency-Key": "e-2",
  "Last-Event-ID": "3",
  Prefer: "respond-async",
} as const;

/** Headers of answers, besides `Request-Id`, which every answer has. */
export const ANSWER_HEADERS = {
  ETag: { description: 'The machine\'s revision, in quotes: `"7"`. What `If-Match` wants.', example: '"1"' },
  Location: { description: "Where what was created is.", example: "/api/v1/statemachines/orders/order-1" },
  "Preference-Applied": { description: "That the preference was followed.", example: "respond-async" },
  "Request-Id": {
    description: "Names this request in the server's log.",
    example: "3f0f5d5c-3c1b-4a53-9a3e-0f7b8d1f6a11",
  },
  "Retry-After": { description: "After how many seconds the same may be asked again.", example: "2" },
  "WWW-Authenticate": { description: "What a credential looks like.", example: "Bearer" },
} as const;

type RequestHeader = keyof typeof REQUEST_HEADERS;
type AnswerHeader = keyof typeof ANSWER_HEADERS;

/** An answer that is no problem. */
export interface Answer {
  readonly description: string;
  /** Absent: no body, or text of the type named. */
  readonly shape?: AnswerName;
  /** `application/json` where there is a shape. */
  readonly contentType?: string;
  readonly headers?: readonly AnswerHeader[];
  readonly example?: unknown;
}

/** A request that works as it stands, sent after those of the operations before it. */
export interface Example {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Partial<Record<RequestHeader, string>>;
  readonly body?: unknown;
  /** The status it is answered with; the first of the answers when absent. */
  readonly status?: number;
}

export interface Description {
  readonly tag: keyof typeof TAGS;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What else a caller has to know. Text in backticks is code; an empty line begins a paragraph. */
  readonly description: string;
  /** The RPC that does the same; null where only the JSON routes have it. */
  readonly rpc: `${string}/${string}` | null;
  readonly headers?: Partial<Record<RequestHeader, "required" | "optional">>;
  readonly answers: Readonly<Record<number, Answer>>;
  /** The reasons that are this operation's own; those of every request with a credential, query or body are added. */
  readonly reasons: readonly Reason[];
  readonly example?: Example;
}
