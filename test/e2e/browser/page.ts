/** What the page runs: the generated client over gRPC-web, as a browser application would. */
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";

async function walkAnOrder(baseUrl: string): Promise<object[]> {
  const transport = createGrpcWebTransport({ baseUrl });
  const configurations = createClient(ConfigurationService, transport);
  const machines = createClient(MachineService, transport);
  await configurations.createConfiguration({
    configuration: {
      name: "browser",
      startingState: "start",
      states: ["start", "done"],
      transitions: [{ from: "start", to: "done", event: "finish" }],
    },
  });
  const { id } = await machines.createMachine({ configId: "browser:v1" });
  const send = { configuration: "browser", id, event: "finish", eventId: "e 1/ü" };
  const first = await machines.sendEvent(send);
  const again = await machines.sendEvent(send);
  return [first, again].map(({ receipt }) => ({
    result: receipt?.result,
    revision: receipt?.revision,
    duplicate: receipt?.duplicate,
  }));
}

Object.assign(globalThis, { walkAnOrder });
