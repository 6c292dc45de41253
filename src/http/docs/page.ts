/** The OpenAPI document as one page: complete in itself, loads nothing, needs no script. */
import { escapeHtml, proseHtml } from "../html.ts";
import { membersHtml, typeHtml, type Side } from "./fields.ts";
import { listOperations, schemasOfRequests, type Document, type Placed, type Schema } from "./openapi-document.ts";
import { operationHtml, paragraphsHtml, reasonLink } from "./operation.ts";
import { STYLE } from "./style.ts";

export function renderDocsPage(document: Document): string {
  const { info, tags, components } = document;
  const operations = new Map(listOperations(document).map((operation) => [operation.operationId, operation]));
  const groups = tags.map(({ name, description, "x-operations": ids }) => ({
    name,
    description,
    operations: ids.flatMap((id) => operations.get(id) ?? []),
  }));
  // What only one operation takes is shown with it.
  const sent = schemasOfRequests(document);
  const schemas = Object.entries(components.schemas).filter(([name]) => !name.endsWith("Request"));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(info.title)} API</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip the contents</a>
<header>
<h1>${escapeHtml(info.title)} API</h1>
<p>Release ${escapeHtml(info.version)}. The same as <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
</header>
<div class="frame">
<nav aria-label="Contents">
${groups.map(({ name, operations: listed }) => contentsHtml(name, listed)).join("\n")}
<h2><a href="#reasons">Reasons</a></h2>
<h2><a href="#schemas">Schemas</a></h2>
</nav>
<main id="main" tabindex="-1">
${paragraphsHtml(info.description)}
${groups
  .map(
    ({ name, description, operations: listed }) => `<h2 id="${anchorOf(name)}">${escapeHtml(name)}</h2>
<p>${proseHtml(description)}</p>
${listed.map((operation) => operationHtml(document, operation)).join("\n")}`,
  )
  .join("\n")}
<h2 id="reasons">Reasons</h2>
<p>Why a request fails, on every door the same.</p>
<dl class="fields">
${Object.entries(components.examples)
  .map(
    ([reason, { summary, value }]) =>
      `<dt>${reasonLink(reason)} <span class="type">${value.status}</span></dt>\n<dd>${escapeHtml(summary)}.</dd>`,
  )
  .join("\n")}
</dl>
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => schemaHtml(name, schema, sent.has(name) ? "request" : "answer")).join("\n")}
</main>
</div>
</body>
</html>
`;
}

function contentsHtml(name: string, operations: readonly Placed[]): string {
  const items = operations.map(
    ({ operationId, summary }) => `<li><a href="#${escapeHtml(operationId)}">${escapeHtml(summary)}</a></li>`,
  );
  return `<h2><a href="#${anchorOf(name)}">${escapeHtml(name)}</a></h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function schemaHtml(name: string, schema: Schema, side: Side): string {
  const { description = "" } = schema;
  const choices = name === "Reason" ? ` <a href="#reasons">All reasons.</a>` : "";
  return `<section aria-labelledby="schema-${escapeHtml(name)}">
<h3 id="schema-${escapeHtml(name)}">${escapeHtml(name)}</h3>
<p><span class="type">${typeHtml(schema)}</span> ${proseHtml(description)}${choices}</p>
${membersHtml(schema, side)}
</section>`;
}

function anchorOf(tag: string): string {
  return `tag-${tag.toLowerCase().replaceAll(" ", "-")}`;
}
