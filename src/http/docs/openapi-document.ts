/** As much of an OpenAPI document as the page reads. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly default?: string | number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description: string;
  readonly schema: Schema;
}

interface Ref {
  readonly $ref: string;
}

export interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, Content>>;
  /** It is an answer without a body as well as a problem. */
  readonly "x-may-be-empty"?: boolean;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Response | Ref>>;
  readonly "x-rpc"?: string;
  readonly "x-codeSamples"?: readonly { readonly source: string }[];
}

export interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly {
    readonly name: string;
    readonly description: string;
    /** Ids of its operations, in the order in which they are to be read. */
    readonly "x-operations": readonly string[];
  }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly examples: Readonly<
      Record<string, { readonly summary: string; readonly value: { readonly status: number } }>
    >;
  };
}

/** An operation and where it is. */
export interface Placed extends Operation {
  readonly method: string;
  readonly path: string;
}

export function listOperations({ paths }: Document): Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** What `value` is or refers to among `pieces`. */
export function resolve<T extends object>(value: T | Ref, pieces: Readonly<Record<string, T>>): T {
  if (!("$ref" in value)) return value;
  const found = pieces[lastOf(value.$ref)];
  if (found === undefined) throw new Error(`the document has no ${value.$ref}`);
  return found;
}

/** The name at the end of a reference. */
export function lastOf(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** The names of the schemas that bodies of requests are made of. */
export function schemasOfRequests(document: Document): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (schema: Schema | undefined): void => {
    const { $ref, properties = {}, items, additionalProperties } = schema ?? {};
    for (const member of Object.values(properties)) visit(member);
    if (items !== undefined) visit(items);
    if (typeof additionalProperties === "object") visit(additionalProperties);
    if ($ref === undefined || names.has(lastOf($ref))) return;
    names.add(lastOf($ref));
    visit(document.components.schemas[lastOf($ref)]);
  };
  for (const { requestBody } of listOperations(document)) {
    for (const { schema } of Object.values(requestBody?.content ?? {})) visit(schema);
  }
  return names;
}
