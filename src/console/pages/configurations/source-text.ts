/** Reading what an author has written, YAML or JSON. Import it when it is needed: the library that it takes is large. */
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { parseDocument } from "yaml";
import { findConfiguration } from "../../../configuration-document.ts";
import { CONFIGURATION } from "../../../configuration-shape.ts";
import { DocumentError, parseDocuments, type Place, type PlacedDocument } from "../../../documents.ts";
import { DetentError } from "../../../errors.ts";
import { ConfigurationSchema } from "../../../gen/detent/v1/configuration_pb.ts";
import { parseShape } from "../../../shape.ts";
import type { PlacedFinding } from "./placed-finding.ts";
import type { Reading } from "./reading.ts";
import { writeText } from "./write-text.ts";

/** Reads a text; never throws. */
export function readText(text: string): Reading {
  let documents;
  try {
    documents = parseDocuments(text);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return unreadable("syntax", error.message, error.place);
  }
  const [first, second] = documents;
  if (first === undefined) return unreadable("empty", "There is nothing written yet.", undefined);
  if (second !== undefined) {
    return unreadable("second_document", "A second document begins; one configuration is read.", second.placeOf(""));
  }
  return readDocument(findConfiguration(first));
}

function readDocument({ value, placeOf }: PlacedDocument): Reading {
  try {
    const source = parseShape(CONFIGURATION, value, "the configuration");
    return { kind: "read", value: source, message: fromJson(ConfigurationSchema, source as JsonValue), placeOf };
  } catch (error) {
    const violations =
      error instanceof DetentError
        ? error.violations
        : [{ pointer: "", rule: "invalid_type", message: error instanceof Error ? error.message : String(error) }];
    const findings = violations.map(({ pointer, rule, message }): PlacedFinding => {
      return { severity: "error", code: rule, pointer, message, place: placeOf(pointer) };
    });
    return { kind: "shapeless", value, findings };
  }
}

function unreadable(code: string, message: string, place: Place | undefined): Reading {
  return { kind: "unreadable", findings: [{ severity: "error", code, pointer: "", message, place }] };
}

/** The same configuration under another version; comments of YAML stay. The text has to be readable. */
export function withVersion(text: string, version: string): string {
  const document = parseDocument(text);
  document.setIn(document.has("spec") ? ["spec", "version"] : ["version"], version);
  const isJson = text.trimStart().startsWith("{");
  return isJson ? writeText(document.toJS(), "json") : document.toString({ lineWidth: 0 });
}
