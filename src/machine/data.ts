import type { JsonObject } from "../engine/json.ts";
import { canonicalJson } from "../json.ts";
import type { JsonText } from "../receipt.ts";

/** A machine's data: kept as text, parsed when something reads it. Its value is never changed, only replaced. */
export class Data {
  readonly #read: () => JsonText;
  #text: JsonText | undefined;
  #value: JsonObject | undefined;

  /** `read` tells the text, when it is first needed. */
  constructor(read: () => JsonText) {
    this.#read = read;
  }

  static ofText(text: JsonText): Data {
    return new Data(() => text);
  }

  static ofValue(value: JsonObject): Data {
    const data = new Data(() => canonicalJson(value));
    data.#value = value;
    return data;
  }

  get text(): JsonText {
    return (this.#text ??= this.#read());
  }

  get value(): JsonObject {
    return (this.#value ??= JSON.parse(this.text) as JsonObject);
  }
}
