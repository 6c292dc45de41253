/**
 * What each reason means to a caller, as the page that a problem's `type` points to and as `docs/errors/{REASON}.md`.
 * Text in backticks is code in both. Knows the table of reasons and nothing of requests.
 */
import { REASONS, type Reason } from "../errors.ts";
import { escapeHtml, proseHtml } from "./html.ts";

export interface ErrorText {
  /** What happened, and whether anything is stored. */
  readonly meaning: string;
  /** What the caller does next. */
  readonly remedy: string;
}

export const ERROR_TEXTS: Readonly<Record<Reason, ErrorText>> = {
  INVALID_ARGUMENT: {
    meaning:
      "The request cannot be decoded, or a field breaks a rule. Nothing is stored or recorded, and an event id sent with it stays free.",
    remedy:
      "Each entry of `errors` names one broken rule and, as a JSON Pointer, the field it is about. Correct those fields and send the request again; an event may keep its id.",
  },
  LIMIT_EXCEEDED: {
    meaning:
      "A part of the request is larger than its limit. Nothing is stored or recorded, and an event id sent with it stays free.",
    remedy:
      "The entries of `errors` with the rule `limit_exceeded` name the field and the limit. Make that part smaller, for example by keeping large content elsewhere and sending a reference to it, and send the request again.",
  },
  BODY_TOO_LARGE: {
    meaning:
      "The body of the request has more bytes than a body may have. It is not read to its end, and nothing is stored or recorded.",
    remedy: "`metadata.limit` gives the limit in bytes. Send a smaller body; the same one is refused every time.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning:
      "The `Content-Type` of the request is absent or not one that this address reads, or the body is compressed. The body is not read, and nothing is stored or recorded.",
    remedy:
      "Send JSON with `Content-Type: application/json` on the JSON routes, and nothing with a `Content-Encoding`. Call the RPCs with Connect or gRPC-web: native gRPC (`application/grpc`) is not available.",
  },
  NOT_FOUND: {
    meaning: "There is no route or resource at this address. Nothing is stored or recorded.",
    remedy:
      "Check the path against the documentation. A machine lives at `/api/v1/statemachines/{configuration}/{id}`, and ids in a path are percent-encoded.",
  },
  METHOD_NOT_ALLOWED: {
    meaning: "The address exists, but not for this HTTP method. Nothing is stored or recorded.",
    remedy:
      "`metadata.allow` lists the methods that the address has. Events are sent with `POST /api/v1/statemachines/{configuration}/{id}/events`; there is no `POST /api/v1/events`.",
  },
  OUT_OF_RANGE: {
    meaning:
      "The request asks for a revision that the machine has not reached, or whose history is no longer kept. Nothing is changed.",
    remedy:
      "Read the machine for its current revision and its history for the oldest one that is kept, and ask for a revision between the two.",
  },
  UNAUTHENTICATED: {
    meaning:
      "The request carries no credential, or one that is not valid or no longer valid. Nothing is stored or recorded, and an event id sent with it stays free.",
    remedy:
      "Send `Authorization: Bearer <key or token>` with a valid credential, then repeat the request unchanged. Only a server on a developer's own machine can act without one.",
  },
  PERMISSION_DENIED: {
    meaning:
      "The credential is valid but lacks the scope that this call needs, or does not reach what the call is about. Nothing is looked up, stored or recorded, and an event id sent with it stays free.",
    remedy:
      "The message says what is missing. Use a credential that has it, then repeat the request unchanged. Repeating it with the same credential does not help.",
  },
  MISSING_DESTINATION: {
    meaning:
      "The event names no configuration or no machine id, so that there is no machine to decide it. No machine changes, and the answer is not replayed: the event id stays free.",
    remedy: "Name both the configuration and the machine's id and send the event again; it may keep its id.",
  },
  CONFIGURATION_NOT_FOUND: {
    meaning:
      "The caller's tenant has no configuration of this name and version. No machine is created or changed, and an event id sent with the request stays free.",
    remedy:
      "Check the name and the version: an absent version is `v1`, never the latest. List the configurations, upload the missing one, and repeat the request.",
  },
  CONFIGURATION_EXISTS: {
    meaning:
      "A configuration of this name and version is stored already, and configurations never change. The stored one stays as it is, and the one sent is not stored.",
    remedy:
      "With `metadata.identical` `true` it is the same configuration: there is nothing left to do. With `false`, upload the new one under another version.",
  },
  CONFIGURATION_DEPRECATED: {
    meaning: "The configuration is deprecated and takes no new machines; those it has go on. No machine is created.",
    remedy: "Create the machine with a version that is not deprecated. The list of configurations shows which are.",
  },
  MACHINE_NOT_FOUND: {
    meaning:
      "The configuration has no machine of this id in the caller's tenant. Nothing is created or changed, and the answer to an event is not replayed: its id stays free.",
    remedy:
      "Check the configuration's name and the id, which is compared character by character. Create the machine, then repeat the request; an event may keep its id.",
  },
  MACHINE_GONE: {
    meaning:
      "The machine existed and is deleted or retired; its id is not free yet. Nothing is created or changed, and the answer to an event is not replayed.",
    remedy:
      "Stop sending to this machine. For a new one use another id, or wait until this one is free; the new machine then begins at revision 0.",
  },
  MACHINE_EXISTS: {
    meaning:
      "The configuration has a machine of this id already. It stays as it is, and nothing of the request is stored.",
    remedy:
      "Read the existing machine and use it if it is the one meant. Otherwise choose another id, or leave the id out to have one made.",
  },
  EVENT_NOT_FOUND: {
    meaning:
      "No receipt is found for this event id: the event never arrived, was not recorded, or its receipt is no longer kept. Nothing is changed.",
    remedy:
      "Look it up through its machine, which knows it at once; by configuration and event id alone it can take a few seconds to appear, and an event that the machine made itself (`timer:...`, `detent:...`) is not found. If in doubt, send the event again under the same id: a machine applies it once.",
  },
  EVENT_ID_REUSED: {
    meaning:
      "The machine has decided an event of this id whose name, `data` or `details` differ from those sent now. The event sent now is not applied or recorded, and the first one stays as it is.",
    remedy:
      "Send a new event under a new id. To repeat the first event, send the same name, `data` and `details`: its receipt is answered again.",
  },
  UNKNOWN_EVENT: {
    meaning:
      "No transition of the machine's configuration has this event. The machine is unchanged; the refusal is recorded, and the same event under the same id is answered with it again.",
    remedy:
      "Check the event's name, which is case-sensitive, and the version of the configuration that the machine runs. Send the corrected event under a new id.",
  },
  NO_TRANSITION: {
    meaning:
      "The configuration has the event, but no transition for it from the machine's current state. The machine is unchanged; the refusal is recorded, and the same event under the same id is answered with it again.",
    remedy:
      "`receipt.allowed_events` lists what is possible in the state that refused it. Send one of those, or try this event again under a new id once the machine has moved.",
  },
  GUARD_REJECTED: {
    meaning:
      "The state has transitions for the event, but none is taken: their guards are all false, or one ends in an error before any is true, and then those behind it are not tried. The machine is unchanged; the refusal is recorded, and the same event under the same id is answered with it again.",
    remedy:
      "The message names the guard, and how it failed. Compare it with the machine's data and the event's. When what it asks for holds, try again under a new id; guard an optional field with `has()`.",
  },
  ASSIGN_REJECTED: {
    meaning:
      "An expression in the `assign` of the transition ends in an error, so the transition is not taken. State and data of the machine are unchanged; the refusal is recorded, and the same event under the same id is answered with it again.",
    remedy:
      "The message names the expression; mostly it reads a field that is absent. Send the event with that field under a new id, or upload a version of the configuration that tests the field with `has()`.",
  },
  SCHEMA_REJECTED: {
    meaning:
      "The event's data does not satisfy the schema of the event or of the state that it would enter. The machine is unchanged; the refusal is recorded, and the same event under the same id is answered with it again.",
    remedy:
      "The message names what does not fit, `errors` (where the event is first answered) the fields of its data. Correct the data and send the event under a new id.",
  },
  DEFER_LIMIT: {
    meaning:
      "The event would be deferred, but the machine holds as many deferred events as it may. The machine is unchanged; the refusal is recorded, and the same event under the same id is answered with it again.",
    remedy:
      "Send an event that moves the machine on, so that deferred ones are tried and leave. Then send this event under a new id.",
  },
  DEFER_EXPIRED: {
    meaning:
      "The event was deferred and became possible in no state for as long as events are kept waiting. It is dropped without changing the machine; the refusal is recorded and replaces the receipt that said `deferred`.",
    remedy:
      "If the event still matters, send it under a new id. If it expires often, upload a version of the configuration with a longer `defer_for`.",
  },
  REVISION_MISMATCH: {
    meaning:
      "The request expects a revision that is not the machine's current one: the machine has changed since it was read, or was never there. Nothing is changed or recorded, and the event id stays free.",
    remedy:
      "`metadata.revision` and `metadata.state` give what is current. Decide anew on that basis, and send the event again with the current revision; it may keep its id.",
  },
  STATE_MISMATCH: {
    meaning:
      "The request expects a state that is not the machine's current one. Nothing is changed or recorded, and the event id stays free.",
    remedy:
      "`metadata.state` and `metadata.revision` give what is current. Decide anew on that basis, and send the event again with the current state or without an expectation; it may keep its id.",
  },
  MIGRATION_REJECTED: {
    meaning:
      "The machine cannot go over to the other version: its state has no counterpart there, or its data does not fit. State, data and version of the machine are unchanged.",
    remedy:
      "Name a counterpart for the state in `state_map`, or migrate the machine when it is in a state that both versions have.",
  },
  RATE_LIMITED: {
    meaning:
      "More requests arrive than the limit for this caller lets through. This one is not carried out: nothing is stored or recorded, and an event id sent with it stays free.",
    remedy:
      "Wait, as long as `Retry-After` says where it is given, and repeat the request unchanged. Slow down further after each such answer.",
  },
  QUOTA_EXCEEDED: {
    meaning:
      "The request would go over a quota of the tenant. It is not carried out: nothing is stored or recorded, and an event id sent with it stays free.",
    remedy:
      "The message names the quota. Free what counts towards it, wait until it is renewed, or have it raised, then repeat the request unchanged.",
  },
  INTERNAL: {
    meaning:
      "A fault inside Detent stops the request; its cause is logged under `request_id` and not shown. No refusal is recorded, but a change may have been stored before the fault.",
    remedy:
      "Repeat the request unchanged: an event under its own id is applied once, whether or not the first attempt arrived. If the fault stays, report the `request_id`.",
  },
  UNAVAILABLE: {
    meaning:
      "A part that the request needs does not answer at present. No refusal is recorded, but a change may have been stored before the part failed.",
    remedy:
      "Repeat the request unchanged after a short wait that grows with each attempt; an event under its own id is applied once. `GET /health` shows which part is down.",
  },
};

/** The page at `/errors/{REASON}`: complete in itself, loads nothing. */
export function renderErrorPage(reason: Reason): string {
  const { code, status, title } = REASONS[reason];
  const { meaning, remedy } = ERROR_TEXTS[reason];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(reason)}: ${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 3rem auto; max-width: 40rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; background: #fff; color: #1b1b1b; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.1rem; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
dt { color: #595959; }
dd { margin: 0; }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #ececec; }
  dt { color: #a8a8a8; }
}
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<dl>
<dt>Reason</dt><dd><code>${escapeHtml(reason)}</code></dd>
<dt>HTTP status</dt><dd>${status}</dd>
<dt>Connect code</dt><dd><code>${escapeHtml(code)}</code></dd>
</dl>
<h2>What it means</h2>
<p>${proseHtml(meaning)}</p>
<h2>What to do</h2>
<p>${proseHtml(remedy)}</p>
</main>
</body>
</html>
`;
}

/** The page in `docs/errors`. */
export function renderErrorMarkdown(reason: Reason): string {
  const { code, status, title } = REASONS[reason];
  const { meaning, remedy } = ERROR_TEXTS[reason];
  return `# ${reason}

**${title}.** HTTP status ${status}, Connect code \`${code}\`.

## What it means
${meaning}

## What to do
${remedy}

[All reasons](README.md)
`;
}

/** `docs/errors/README.md`: every reason in the order of the table. */
export function renderErrorIndexMarkdown(): string {
  const rows = Object.entries(REASONS).map(
    ([reason, { code, status, title }]) => `| [${reason}](${reason}.md) | ${title} | ${status} | \`${code}\` |`,
  );
  return `# Errors

Every error carries one of these reasons, on every door the same. JSON routes answer \`application/problem+json\` with the
HTTP status; its \`type\` is \`/errors/{REASON}\`, a page that the server itself has. RPCs answer with the Connect code.
The RPCs of \`statemachine.v1beta\` answer a refused event with an outcome instead.

Generated from the table in \`src/errors.ts\` and the texts in \`src/http/error-pages.ts\` by \`npm run generate:docs\`.

| Reason | Title | HTTP | Connect |
|---|---|---|---|
${rows.join("\n")}
`;
}
