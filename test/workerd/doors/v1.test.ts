/** What only detent.v1 and grpc.health.v1 have: timestamps as messages, services by name. */
import { Code, createClient } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../../src/gen/grpc/health/v1/health_pb.ts";
import { connectBinary, grpcWeb, send } from "./caller.ts";

const machines = createClient(MachineService, connectBinary);

async function machine(): Promise<{ configuration: string; id: string }> {
  const name = `c${crypto.randomUUID()}`;
  const loop = { name, startingState: "a", states: ["a"], transitions: [{ from: "a", to: "a", event: "go" }] };
  await createClient(ConfigurationService, connectBinary).createConfiguration({ configuration: loop });
  await machines.createMachine({ configId: name, id: "m" });
  return { configuration: name, id: "m" };
}

test("a timestamp's finer part than milliseconds is cut off, not rounded up", async () => {
  const address = await machine();
  const timestamp = { seconds: 253_402_300_799n, nanos: 999_999_999 };
  await machines.sendEvent({ ...address, event: "go", timestamp });
  const { history } = await machines.listHistory(address);
  expect(history[0]?.timestamp).toMatchObject({ seconds: 253_402_300_799n, nanos: 999_000_000 });
});

test.each([
  { seconds: 0n, nanos: 2_000_000_000 },
  { seconds: 0n, nanos: -5 },
  { seconds: 253_402_300_800n, nanos: 0 },
])("%o is no timestamp", async (timestamp) => {
  const address = await machine();
  const sent = machines.sendEvent({ ...address, event: "go", timestamp });
  await expect(sent).rejects.toMatchObject({ code: Code.InvalidArgument });
  expect((await machines.getMachine(address)).statemachine?.revision).toBe(0);
});

test("the health of a service by name; of one that is not here NOT_FOUND", async () => {
  for (const transport of [connectBinary, grpcWeb]) {
    const health = createClient(Health, transport);
    for (const service of ["", "detent.v1.MachineService", "statemachine.v1beta.StatemachineService"]) {
      expect(await health.check({ service })).toMatchObject({ status: Status.SERVING });
    }
    await expect(health.check({ service: "nope" })).rejects.toMatchObject({ code: Code.NotFound });
  }
});

test("UNAUTHENTICATED says how to authenticate", async () => {
  const headers = { authorization: "Bearer nonsense" };
  const response = await send("/detent.v1.MachineService/GetMachine", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: "{}",
  });
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
});
