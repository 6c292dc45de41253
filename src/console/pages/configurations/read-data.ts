/** Data as somebody types it. */
import type { JsonObject } from "@bufbuild/protobuf";

/** A JSON object, absent where nothing is written; or what is wrong. */
export function readData(text: string): { readonly data?: JsonObject; readonly complaint?: string } {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { complaint: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { data: value as JsonObject };
  return { complaint: 'This is no JSON object, such as {"weight": 2}.' };
}
