/** The log: what it says, from which level on, and what it keeps to itself. */
import { describe, expect, test } from "vitest";
import { DetentError } from "../../src/errors.ts";
import { describeError, Log, LOG_LEVELS, type LogLevel, type Severity } from "../../src/log.ts";

function createSink(level: LogLevel = "debug") {
  const lines: { readonly severity: Severity; readonly text: string }[] = [];
  const to = (severity: Severity) => (text: string) => void lines.push({ severity, text });
  const sink = { debug: to("debug"), info: to("info"), warn: to("warn"), error: to("error") };
  return { log: new Log(level, { request_id: "r" }, sink), lines, last: () => JSON.parse(lines.at(-1)?.text ?? "{}") };
}

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test.each(LOG_LEVELS)("at level %s it says what is at least as grave", (level) => {
  const { log, lines } = createSink(level);
  for (const severity of ["debug", "info", "warn", "error"] as const) log.write(severity, severity);
  expect(lines.map(({ severity }) => severity)).toEqual(
    ["debug", "info", "warn", "error"].slice(LOG_LEVELS.indexOf(level)),
  );
});

test("a line is one JSON object with the facts of its request, and without what is unknown", () => {
  const { log, last } = createSink();
  log.with({ door: "rpc", traceparent: undefined }).write("info", "decided", { tenant: "t", revision: 0, ms: 3 });
  expect(last()).toEqual({
    level: "info",
    message: "decided",
    request_id: "r",
    door: "rpc",
    tenant: "t",
    revision: 0,
    ms: 3,
  });
});

test("a name cannot end its line, take over a terminal or fill the log", () => {
  const { log, lines, last } = createSink();
  const name = "a\n\r\u001b[31m\u009b2J\u2028\u2029\ud800b";
  log.write("info", "decided", { event: name, event_id: "x".repeat(10_000) });
  const text = lines[0]?.text ?? "";
  expect(text).toMatch(/^[\u0020-\u007e…]+$/);
  expect(last().event).toBe(name);
  expect(text.length).toBeLessThan(800);
});

test("the longest names that the contract allows are said whole", () => {
  const { log, last } = createSink();
  const longest = "\u{10ffff}".repeat(255);
  log.write("info", "decided", { event_id: longest });
  expect(last().event_id).toBe(longest);
});

describe("an error", () => {
  const secret = "s3cret";

  test("of the language is named, never quoted: it may quote whose value it stumbled over", () => {
    const errors = [
      thrown(() => JSON.parse(secret)),
      thrown(() => "a" in (secret as unknown as object)),
      thrown(() => BigInt(secret)),
      thrown(() => ((secret as unknown as { a: number }).a = 1)),
    ];
    for (const error of errors) {
      expect(String(error)).toContain(secret);
      const { log, lines, last } = createSink();
      log.fail(error);
      expect(lines[0]?.text).not.toContain(secret);
      expect(last()).toMatchObject({ level: "error", request_id: "r", cause: (error as Error).name });
      expect(last().stack).toContain("log.test.ts");
    }
  });

  test("of D1 is quoted without the value whose type it does not take", () => {
    const error = new Error(`D1_TYPE_ERROR: Type 'object' not supported for value '${secret}'`);
    expect(describeError(error)).toBe("Error: D1_TYPE_ERROR: Type 'object' not supported");
  });

  test("tells what caused it", () => {
    const { log, last } = createSink();
    const cause = new Error("D1_ERROR: Network connection lost.", { cause: new TypeError(secret) });
    log.fail(new DetentError("UNAVAILABLE", "the catalog does not answer; try again", { cause }));
    expect(last()).toMatchObject({
      level: "warn",
      message: "the catalog does not answer; try again",
      reason: "UNAVAILABLE",
      cause: "Error: D1_ERROR: Network connection lost.; caused by TypeError",
    });
  });

  test("that causes itself is told in a few words", () => {
    const error = new Error("round");
    error.cause = error;
    expect(describeError(error)?.length).toBeLessThan(200);
  });

  test("that is no error at all is told by its type", () => {
    expect(describeError({ secret })).toBe("object");
    expect(describeError(undefined)).toBeUndefined();
  });

  test("that is the caller's own is not logged", () => {
    const { log, lines } = createSink();
    log.fail(new DetentError("INVALID_ARGUMENT", secret));
    log.fail(new DetentError("RATE_LIMITED", secret));
    expect(lines).toEqual([]);
  });

  test("whose message has lines that look like frames does not get them into the stack", () => {
    const { log, lines } = createSink();
    log.fail(new TypeError(`x\n    at ${secret} (file.js:1:1)`));
    expect(lines[0]?.text).not.toContain(secret);
  });
});
