/** The documents of a file, which messages name. */
import { DocumentError, parseDocuments, type PlacedDocument } from "../documents.ts";
import { usage } from "./failure.ts";

export interface InputDocument extends PlacedDocument {
  /** As messages name it. */
  readonly file: string;
}

/** The documents of a file's text; empty ones are left out. Throws where it is no YAML, with the place. */
export function parseFile(file: string, text: string): InputDocument[] {
  try {
    return parseDocuments(text).map((document) => ({ ...document, file }));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { place, message } = error;
    throw usage(place === undefined ? `${file}: ${message}` : `${file}:${place.line}:${place.column}: ${message}`);
  }
}
