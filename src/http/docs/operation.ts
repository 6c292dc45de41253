/** An operation as a section of the page. */
import { escapeHtml, proseHtml } from "../html.ts";
import { fieldHtml, membersHtml, schemaLink } from "./fields.ts";
import { lastOf, resolve, type Content, type Document, type Placed, type Response } from "./openapi-document.ts";

export function operationHtml(document: Document, operation: Placed): string {
  const { operationId: id, method, path, summary, description } = operation;
  const rpc = operation["x-rpc"];
  return `<section aria-labelledby="${escapeHtml(id)}">
<h3 id="${escapeHtml(id)}">${escapeHtml(summary)}</h3>
<p class="route"><span class="method">${escapeHtml(method)}</span> <code>${breakable(path)}</code></p>
${paragraphsHtml(description)}
${rpc === undefined ? "" : `<p>The RPC <code>${breakable(rpc)}</code> does the same.</p>`}
${parametersHtml(document, operation)}${bodyHtml(document, operation)}${commandHtml(operation)}${answersHtml(document, operation)}${errorsHtml(document, operation)}
</section>`;
}

/** Paragraphs, which an empty line separates. */
export function paragraphsHtml(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) => `<p>${proseHtml(paragraph)}</p>`)
    .join("\n");
}

/** A path that may be broken after its slashes. */
function breakable(path: string): string {
  return escapeHtml(path).replaceAll("/", "/<wbr>");
}

function parametersHtml({ components }: Document, { parameters = [] }: Placed): string {
  const resolved = parameters.map((parameter) => resolve(parameter, components.parameters));
  const groups = [
    ["path", "In the path"],
    ["query", "In the query"],
    ["header", "Headers"],
  ] as const;
  return groups
    .map(([place, title]) => {
      const fields = resolved.filter((parameter) => parameter.in === place);
      if (fields.length === 0) return "";
      const html = fields.map(({ name, schema, required, description }) =>
        fieldHtml(name, schema, "request", place !== "path" && required === true, description),
      );
      return `<h4>${title}</h4>\n<dl class="fields">\n${html.join("\n")}\n</dl>\n`;
    })
    .join("");
}

function bodyHtml({ components }: Document, { requestBody }: Placed): string {
  const content = Object.values(requestBody?.content ?? {})[0];
  const ref = content?.schema?.$ref;
  if (requestBody === undefined || ref === undefined) return "";
  const name = lastOf(ref);
  const schema = components.schemas[name];
  const lead = `${schema?.description === undefined ? "" : proseHtml(schema.description)}${requestBody.required ? "" : " There may be none."}`;
  const isShared = !name.endsWith("Request");
  const fields = isShared
    ? `<p>All of ${schemaLink(name)}.</p>`
    : schema === undefined
      ? ""
      : membersHtml(schema, "request");
  return `<h4>Body</h4>\n<p>${lead}</p>\n${fields}\n`;
}

function commandHtml(operation: Placed): string {
  const source = operation["x-codeSamples"]?.[0]?.source;
  return source === undefined ? "" : `<h4>Example</h4>\n${codeHtml(`Example of ${operation.operationId}`, source)}\n`;
}

function answersHtml({ components }: Document, operation: Placed): string {
  const answers = statusesOf(operation, components.responses).filter(
    ([, response]) => !isProblem(response) || response["x-may-be-empty"],
  );
  const items = answers.map(([status, { description, headers = {}, content = {} }]) => {
    const names = Object.keys(headers).filter((name) => name !== "Request-Id");
    const bodies = Object.entries(content).map(([type, body]) =>
      contentHtml(operation.operationId, status, type, body),
    );
    const sent =
      names.length === 0 ? "" : ` Headers: ${names.map((name) => `<code>${escapeHtml(name)}</code>`).join(", ")}.`;
    return `<dt><strong>${status}</strong></dt>\n<dd>${proseHtml(description)}${sent}${bodies.join("")}</dd>`;
  });
  return `<h4>Answers</h4>\n<dl class="answers">\n${items.join("\n")}\n</dl>\n`;
}

function contentHtml(id: string, status: string, type: string, { schema, example }: Content): string {
  const shape =
    schema?.$ref === undefined ? `<code>${escapeHtml(type)}</code>.` : `${schemaLink(lastOf(schema.$ref))}.`;
  if (example === undefined) return ` ${shape}`;
  const code = codeHtml(`Answer ${status} of ${id}`, JSON.stringify(example, null, 2));
  return ` ${shape}\n<details><summary>Example answer</summary>\n${code}\n</details>`;
}

function errorsHtml({ components }: Document, operation: Placed): string {
  const problems = statusesOf(operation, components.responses).filter(([, response]) => isProblem(response));
  const items = problems.map(([status, { content = {} }]) => {
    const reasons = Object.keys(content["application/problem+json"]?.examples ?? {});
    return `<dt><strong>${status}</strong></dt>\n<dd>${reasons.map(reasonLink).join(", ")}</dd>`;
  });
  return `<h4>Errors</h4>\n<dl class="answers">\n${items.join("\n")}\n</dl>`;
}

/** The page of a reason. */
export function reasonLink(reason: string): string {
  return `<a href="/errors/${escapeHtml(reason)}"><code>${escapeHtml(reason)}</code></a>`;
}

function statusesOf({ responses }: Placed, pieces: Readonly<Record<string, Response>>): [string, Response][] {
  return Object.entries(responses).map(([status, response]) => [status, resolve(response, pieces)]);
}

function isProblem({ content = {} }: Response): boolean {
  return "application/problem+json" in content;
}

/** Code that scrolls by itself, with the keyboard, too. */
function codeHtml(label: string, source: string): string {
  return `<pre tabindex="0" role="region" aria-label="${escapeHtml(label)}"><code>${escapeHtml(source)}</code></pre>`;
}
