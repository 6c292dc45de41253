/** grpc.health.v1, which load balancers and `grpcurl`-like tools ask. */
import type { ConnectRouter } from "@connectrpc/connect";
import { quote } from "../engine/names.ts";
import { DetentError } from "../errors.ts";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../gen/grpc/health/v1/health_pb.ts";
import { checkHealth } from "../service/health.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";

/** "" asks for the whole server; a service that is not in the router is NOT_FOUND, as the protocol wants it. */
export function registerHealth(register: Register, router: ConnectRouter): void {
  register(Health.method.check, "open", async ({ service }, context) => {
    if (service !== "" && !router.handlers.some((handler) => handler.service.typeName === service)) {
      throw new DetentError("NOT_FOUND", `there is no service ${quote(service)}`);
    }
    const { ready } = await checkHealth(callOf(context).house);
    return { status: ready ? Status.SERVING : Status.NOT_SERVING };
  });
}
