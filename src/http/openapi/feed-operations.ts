/** What is said about the feeds and the dead letters. */
import type { Description } from "./description.ts";

export const FEED_OPERATIONS = {
  ListTransitions: {
    tag: "Feeds",
    summary: "Read the feed of accepted changes",
    description:
      "Creations, changes and ends of machines, oldest first. Keep `next_cursor` and ask again with `after`; with `wait` the answer comes with the next entry. The feed reaches back as far as `DETENT_LOOKUP_RETENTION` says, a day unless set otherwise. Without `configuration` a page has at most 100 entries.",
    rpc: "detent.v1.FeedService/ListTransitions",
    answers: {
      200: {
        description: "What came after the cursor; nothing is an answer, too.",
        shape: "TransitionFeed",
        example: {
          transitions: [
            {
              kind: "changed",
              configuration: "orders",
              id: "order-1",
              revision: 1,
              event_id: "e-1",
              event: "accept",
              from: "start",
              to: "pending",
              config_id: "orders:v1",
              at: "2026-11-24T09:00:02.000Z",
              originator: "shop",
              actor: "anonymous",
            },
          ],
          next_cursor: "1764000000001",
        },
      },
    },
    reasons: ["RATE_LIMITED"],
    example: { query: { configuration: "orders", page_size: "100", wait: "PT20S" } },
  },
  ListFailures: {
    tag: "Feeds",
    summary: "Read the feed of refused and failed events",
    description:
      "Receipts without the sender's `data` and `details`, oldest first. Keep `next_cursor` and ask again with `after`; with `wait` the answer comes with the next entry. Without `configuration` a page has at most 100 entries.",
    rpc: "detent.v1.FeedService/ListFailures",
    answers: {
      200: {
        description: "What came after the cursor; nothing is an answer, too.",
        shape: "FailureFeed",
        example: {
          failures: [
            {
              event_id: "e-0",
              event: "ship",
              config_id: "orders:v1",
              machine: { configuration: "orders", id: "order-1" },
              result: "refused",
              code: "TransitionNotAllowed",
              reason: "NO_TRANSITION",
              message: 'event "ship" is not possible in state "start"; allowed: "accept"',
              from: "start",
              revision: 0,
              at: "2026-11-24T09:00:01.500Z",
              originator: "shop",
              actor: "anonymous",
              duplicate: false,
              allowed_events: ["accept"],
            },
          ],
          next_cursor: "1764000000000",
        },
      },
    },
    reasons: ["RATE_LIMITED"],
    example: { query: { configuration: "orders" } },
  },
  ListDeadLetters: {
    tag: "Dead letters",
    summary: "List dead letters",
    description: "Oldest first. A page may have fewer than asked for although more come: bodies may be large.",
    rpc: "detent.v1.DeadLetterService/ListDeadLetters",
    answers: {
      200: {
        description: "A page of letters.",
        shape: "DeadLetterList",
        example: {
          dead_letters: [
            {
              id: "1764000000000-5b2c",
              received_at: "2026-11-24T09:30:00.000Z",
              configuration: "orders",
              machine_id: "order-1",
              event_id: "e-9",
              content_type: "json",
              body: { config: "orders", id: "order-1", event: { event_id: "e-9", transition: { event: "ship" } } },
            },
          ],
          next_page_token: "",
        },
      },
    },
    reasons: [],
    example: {},
  },
  RedriveDeadLetters: {
    tag: "Dead letters",
    summary: "Send dead letters again",
    description:
      "Puts letters back on the events queue: those named, or the oldest 1,000. Each leaves the list once the queue has it. An unknown id is `NOT_FOUND`, and then nothing is sent.",
    rpc: "detent.v1.DeadLetterService/RedriveDeadLetters",
    answers: {
      200: { description: "How many were sent.", shape: "Redriven", example: { redriven: 0, remaining: false } },
    },
    reasons: ["NOT_FOUND"],
    example: { body: {} },
  },
} as const satisfies Record<string, Description>;
