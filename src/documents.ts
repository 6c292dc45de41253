/**
 * Texts of YAML or JSON as documents that know their places. The library is more lenient than the service's own reader: it
 * takes what Go's takes, such as a `}` that is not indented, so that go-statemachine's files can be sent as they are. Pure: for
 * the command line and for browsers.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, visit, type Document, type Node } from "yaml";
import { readPointer } from "./engine/finding.ts";

/** A place in a text, counted from 1 as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something in a text. */
export interface PlacedDocument {
  readonly value: unknown;
  /** Of what the JSON Pointer names; of what is around it where there is no such thing. */
  readonly placeOf: (pointer: string) => Place;
}

/** A text that is no YAML. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
  /** Undefined: it is not known. */
  readonly place: Place | undefined;

  constructor(message: string, place?: Place) {
    super(message);
    this.place = place;
  }
}

/** The documents of a text; empty ones are left out. Throws DocumentError where it is no YAML. */
export function parseDocuments(text: string): PlacedDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new DocumentError(error.message, placeAt(error.pos[0]));
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return [];
    refuseCircle(document, placeAt);
    const placeOf = (pointer: string): Place => placeAt(findOffset(document, pointer));
    return [{ value: toValue(document), placeOf }];
  });
}

/** What contains itself would be no JSON, and has no end. */
function refuseCircle(document: Document, placeAt: (offset: number) => Place): void {
  visit(document, {
    Alias: (_key, alias, path) => {
      const target = alias.resolve(document);
      if (target === undefined || !path.includes(target)) return;
      const problem = `*${alias.source} stands for something that it is in itself`;
      throw new DocumentError(problem, placeAt(alias.range?.[0] ?? 0));
    },
  });
}

function toValue(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias of nothing, or more of them than a text of sense has.
    throw new DocumentError((error as Error).message);
  }
}

function findOffset(document: Document, pointer: string): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const token of readPointer(pointer)) {
    if (isAlias(node)) node = node.resolve(document);
    const next: { readonly at: number | undefined; readonly node: unknown } | undefined = stepInto(node, token);
    if (next === undefined) break;
    offset = next.at ?? offset;
    node = next.node as Node | null;
  }
  return offset;
}

function stepInto(node: unknown, token: string) {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(token)];
    return item && { at: item.range?.[0], node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === token);
  return pair && isScalar(pair.key) ? { at: pair.key.range?.[0], node: pair.value } : undefined;
}
