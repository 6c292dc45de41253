/** `job ...`, and `dlq ...` where nothing is in it. */
import { expect, test } from "vitest";
import { ordersConfiguration, type Cli } from "./cli.ts";

interface Job {
  readonly id: string;
  readonly status: string;
}

export function testJobs(cli: () => Cli): void {
  test("job create asks every machine first, then does it, and shows the report", async () => {
    await cli().upload(ordersConfiguration("bulk"));
    await cli().upload(ordersConfiguration("bulk", "v2"));
    for (const id of ["b-1", "b-2", "b-3"]) await cli().text("machine", "create", "bulk", "--id", id, "--label", "a=b");
    await cli().text("machine", "send", "bulk/b-3", "accept");
    const filter = ["--state", "start", "--label", "a=b"];
    await expect.poll(() => cli().text("machine", "count", "bulk", ...filter), { timeout: 5_000 }).toBe("2\n");
    const send = ["job", "create", "send", "bulk", "accept", ...filter, "--wait"];
    expect(await cli().answer("GetJob", ...send, "--dry-run")).toMatchObject({
      dry_run: true,
      status: "finished",
      progress: { succeeded: 2, refused: 0 },
    });
    expect(await cli().json("machine", "get", "bulk/b-1")).toMatchObject({ statemachine: { state: "start" } });
    const ran = await cli().run([...send, "--details", "all at once", "--data", '{"n": 1}']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(
      /does +send accept\nto +bulk state=start a=b\nstatus +finished\nmachines +2 of 2; succeeded 2/,
    );
    expect(ran.stderr).toMatch(/^job \S+: send accept, machines: 2\n$/);
    expect(await cli().json("machine", "get", "bulk/b-1")).toMatchObject({
      statemachine: { state: "pending", history: [{ details: "all at once", data: { n: 1 } }] },
    });
  });

  test("an empty filter is none, and every machine is deleted only when that is said", async () => {
    const remove = ["job", "create", "delete", "bulk", "--dry-run", "--wait"];
    expect(await cli().refusal(2, ...remove)).toContain("every machine of bulk would be deleted");
    for (const flag of ["--state", "--version", "--updated-after"]) {
      expect(await cli().refusal(2, ...remove, flag, "")).toContain(`${flag} is empty`);
    }
    for (const name of ["bulk:", ":v1", "bulk:v1:v2"]) {
      expect(await cli().refusal(2, "machine", "count", name)).toContain("is no configuration");
    }
    expect(await cli().json(...remove, "--all")).toMatchObject({ dry_run: true, progress: { succeeded: 3 } });
  });

  test("job create --wait and job wait end with 1 where a machine refused, and say which", async () => {
    const refused = await cli().run(["job", "create", "send", "bulk", "accept", "--wait"]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/refused 3[^]*\nREFUSED +REASON +MESSAGE\nb-1 +NO_TRANSITION +The event/);
    const { jobs } = await cli().answer<{ jobs: Job[] }>("ListJobs", "job", "list");
    const id = jobs[0]?.id ?? "";
    expect(await cli().run(["job", "wait", id])).toMatchObject({ code: 1, stdout: refused.stdout });
    const get = await cli().run(["job", "get", id, "--limit", "2", "--json"]);
    expect(JSON.parse(get.stdout)).toMatchObject({ refusals: [{ id: "b-1" }, { id: "b-2" }] });
    expect(get.stderr).toContain("there are more");
    expect(await cli().answer("GetJob", "job", "get", id)).toMatchObject({
      refusals: [{ id: "b-1" }, { id: "b-2" }, { id: "b-3" }],
    });
    expect(await cli().text("job", "list")).toMatch(/^ID +CREATED +STATUS +CONFIGURATION +DOES +DONE +REFUSED\n/);
    expect(await cli().refusal(1, "job", "get", "none")).toContain("NOT_FOUND");
  });

  test("job create migrate and delete; a job may be paused, resumed and cancelled", async () => {
    const migrate = ["job", "create", "migrate", "bulk:v1", "v2", "--state-map", "start=pending", "--wait"];
    expect(await cli().json(...migrate)).toMatchObject({ migrate: { to: "v2" }, progress: { succeeded: 3 } });
    // One a second: there is time to stop it.
    const slow = ["job", "create", "delete", "bulk", "--all", "--rate", "1"];
    const { id } = await cli().answer<Job>("CreateJob", ...slow);
    expect(await cli().answer("PauseJob", "job", "pause", id)).toMatchObject({ status: "paused" });
    const waiting = cli().follow(["job", "wait", id, "--json"]);
    expect(await cli().text("job", "resume", id)).toMatch(/^\S+: (running|finished)\n$/);
    await cli().text("job", "pause", id);
    expect(await cli().text("job", "cancel", id)).toMatch(/^\S+: (cancelled|finished)\n$/);
    const code = await waiting.ended;
    const { status } = JSON.parse(waiting.stdout()) as Job;
    expect({ status, code }).toEqual({ status, code: status === "finished" ? 0 : 1 });
    const rest = (await cli().text("job", "create", "delete", "bulk", "--all", "-q")).trim();
    await cli().text("job", "wait", rest);
    await expect.poll(() => cli().text("machine", "count", "bulk"), { timeout: 5_000 }).toBe("0\n");
  });

  test("dlq tells that there is nothing, and asks which letters are meant", async () => {
    expect(await cli().answer("ListDeadLetters", "dlq", "list")).toEqual({ dead_letters: [], next_page_token: "" });
    expect(await cli().answer("RedriveDeadLetters", "dlq", "redrive", "--all")).toEqual({
      redriven: 0,
      remaining: false,
    });
    expect(await cli().refusal(2, "dlq", "redrive")).toContain("--all");
    expect(await cli().refusal(2, "dlq", "redrive", "1", "--all")).toContain("--all");
    expect(await cli().refusal(1, "dlq", "redrive", "1793491200000-3f2a")).toContain("nothing was redriven");
  });
}
