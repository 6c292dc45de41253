/** What a service is asked with is looked at before it is asked; and what it says of itself is no machine's behaviour. */
import { describe, expect, test } from "vitest";
import { service, UsageError } from "../../../src/testing/index.ts";

/** What a call throws, with everything that it would print. */
function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("a service is not asked with", () => {
  test.each([
    ["a key with the end of a line", { url: "https://detent.example.com", key: "SECRET\n" }, /the key has a character/],
    ["a key with a space", { url: "https://detent.example.com", key: "SECRET KEY" }, /the key has a character/],
    ["an empty key", { url: "https://detent.example.com", key: "" }, /the key is empty/],
    ["a key over plain http", { url: "http://detent.example.com", key: "SECRET" }, /not sent to .*it is not https/],
    ["a password in its address", { url: "https://anna:SECRET@detent.example.com" }, /user or password/],
    ["a password in what is no address", { url: "anna:SECRET@detent" }, /user or password/],
    ["an address that is none", { url: "detent" }, /url must be one like/],
    ["an address of another protocol", { url: "ftp://localhost" }, /url must be one like/],
    ["a wait that is none", { url: "https://detent.example.com", waitAtMost: "long" }, /waitAtMost must be .*"long"/],
  ])("%s", (_name, options, message) => {
    const error = thrownBy(() => service(options));
    if (!(error instanceof UsageError)) throw new Error("it was taken", { cause: error });
    expect(error.message).toMatch(message);
    expect(error.cause).toBeUndefined();
    expect(error.stack).not.toContain("SECRET");
  });

  test("and without a key plain http will do, as with one on this machine", () => {
    expect(service({ url: "http://detent.example.com" })).toBeTypeOf("object");
    expect(service({ url: "http://localhost:8787", key: "dtk_x" })).toBeTypeOf("object");
  });
});
