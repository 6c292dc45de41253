/** New machines as they are entered: nothing is sent that was not meant, and nothing typed is lost. */
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { DetentError } from "../../../src/client/error.ts";
import { ConfigurationSchema } from "../../../src/gen/detent/v1/configuration_pb.ts";
import { ConfigurationVersionsSchema } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { orderOf } from "../../../src/console/pages/machines/machine-order.ts";
import { readFilter } from "../../../src/console/data/machine-filter.ts";
import {
  bodyOf,
  carryDraft,
  entryErrorsOf,
  readEntry,
  statesToBegin,
  versionToBegin,
} from "../../../src/console/pages/machines/machine-entry.ts";
import { beginDraft, readDraft } from "../../../src/console/ui/schema-draft.ts";
import { readFields } from "../../../src/console/ui/schema-fields.ts";

const PARCEL = readFields({
  type: "object",
  properties: { town: { type: "string" }, weight: { type: "number", default: 1 } },
  required: ["town"],
});
const PLAIN = { configuration: "parcels", version: "", id: "", state: "", labels: [], draft: beginDraft(undefined) };

describe("requests", () => {
  test("what is left empty is left to the service", () => {
    const read = readEntry(PLAIN, undefined);
    expect(read).toHaveProperty("request.configId", "parcels");
    expect("request" in read && bodyOf(read.request)).toEqual({ config_id: "parcels" });
  });

  test("all that was entered is sent", () => {
    const draft = beginDraft(PARCEL, { town: "Ulm" });
    const labels = [
      { key: 0, name: "tier", value: "" },
      { key: 1, name: "", value: "" },
    ];
    const read = readEntry({ ...PLAIN, version: "v2", id: " a/b ", state: "new", labels, draft }, PARCEL);
    expect("request" in read && bodyOf(read.request)).toEqual({
      config_id: "parcels:v2",
      id: " a/b ",
      state: "new",
      labels: { tier: "" },
      data: { town: "Ulm" },
    });
  });

  test("what is wrong is told where it is wrong, all of it at once", () => {
    const labels = [{ key: 0, name: "", value: "x" }];
    const read = readEntry({ ...PLAIN, id: "..", labels, draft: beginDraft(PARCEL) }, PARCEL);
    expect(read).toMatchObject({ errors: { id: expect.any(String), labels: expect.any(String) } });
    expect("errors" in read && [...read.errors.data.keys()]).toEqual(["/town"]);
  });

  test("what the service finds wrong is told at the same fields", () => {
    const violations = ["/id", "/data/town", "/data"].map((pointer) => ({ pointer, rule: "r", message: pointer }));
    const error = new DetentError("no", { reason: "INVALID_ARGUMENT", code: "invalid_argument", violations });
    const { id, labels, data } = entryErrorsOf(error);
    expect([id, labels, [...data.keys()]]).toEqual(["/id", undefined, ["/town", ""]]);
  });
});

describe("choices", () => {
  test("a machine begins in an initial state, or in any where none is named", () => {
    const states = ["a", "b"];
    expect(statesToBegin(create(ConfigurationSchema, { states, initialStates: ["b"] }))).toEqual(["b"]);
    expect(statesToBegin(create(ConfigurationSchema, { states }))).toEqual(states);
  });

  test("the newest version that takes new machines is offered first", () => {
    const versions = ["v3", "v2", "v1"];
    const of = (deprecated: string[]) => versionToBegin(create(ConfigurationVersionsSchema, { versions, deprecated }));
    expect([of([]), of(["v3"]), of(versions)]).toEqual(["v3", "v2", "v3"]);
  });

  test("machines of a label are listed by id, whatever order the address asks for", () => {
    const filter = readFilter({ configuration: "parcels" });
    expect(orderOf("-updated_at", filter)).toBe("-updated_at");
    expect(orderOf("-updated_at", { ...filter, label2: "a=b" })).toBe("id");
    expect(orderOf("toString", filter)).toBe("id");
  });
});

describe("drafts", () => {
  const other = readFields({ type: "object", properties: { town: { type: "string" } } });

  test("what was entered stays when another state has other fields", () => {
    const draft = { ...beginDraft(PARCEL), texts: new Map([["/town", "Ulm"]]) };
    expect(readDraft(other, carryDraft(PARCEL, draft, other)).data).toEqual({ town: "Ulm" });
  });

  test("what has no field there stays as JSON", () => {
    const draft = {
      ...beginDraft(PARCEL),
      texts: new Map([
        ["/town", "Ulm"],
        ["/weight", "2"],
      ]),
    };
    const carried = carryDraft(PARCEL, draft, other);
    expect([carried.isJson, readDraft(other, carried).data]).toEqual([true, { town: "Ulm", weight: 2 }]);
  });

  test("defaults of the one state are not carried into the other", () => {
    expect(readDraft(other, carryDraft(PARCEL, beginDraft(PARCEL), other)).data).toEqual({});
  });

  test("JSON that is not finished stays as it was typed", () => {
    const draft = { ...beginDraft(undefined), json: '{"town": ' };
    expect(carryDraft(undefined, draft, other).json).toBe('{"town": ');
  });
});
