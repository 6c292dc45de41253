/** detent.v1.ConfigurationService: each method translates one message to one use case. */
import { ConfigurationService } from "../gen/detent/v1/configuration_service_pb.ts";
import * as configurations from "../service/configurations.ts";
import { getDiagram } from "../service/diagrams.ts";
import { simulateConfiguration } from "../service/simulate.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";
import { timeOf, toConfiguration, toReceipt, toSource } from "./convert.ts";

export function registerConfigurations(register: Register): void {
  const { method } = ConfigurationService;
  register(method.createConfiguration, "configurations:write", async (request, context) => {
    const { house, principal } = callOf(context);
    const source = toSource(request.configuration);
    const created = await configurations.createConfiguration(house, principal, source);
    return { configuration: toConfiguration(created.configuration), warnings: [...created.warnings] };
  });
  register(method.checkConfiguration, "configurations:read", (request) => {
    const { valid, findings, mermaid } = configurations.checkConfigurationSource(toSource(request.configuration));
    return { valid, findings: [...findings], mermaid };
  });
  register(method.simulateConfiguration, "configurations:read", async (request, context) => {
    const { house, principal } = callOf(context);
    const { configuration } = request;
    const events = request.events.map((event) => ({ ...event, timestamp: timeOf(event.timestamp) }));
    const input = { ...request, configuration: configuration && toSource(configuration), events };
    return { steps: (await simulateConfiguration(house, principal, input)).map(toReceipt) };
  });
  register(method.getConfiguration, "configurations:read", async (request, context) => {
    const { house, principal } = callOf(context);
    return {
      configuration: toConfiguration(await configurations.getConfiguration(house, principal, request.configId)),
    };
  });
  register(method.getDiagram, "any", async ({ subject, format }, context) => {
    const { house, principal } = callOf(context);
    const input = {
      configId: subject.case === "configId" ? subject.value : undefined,
      machine: subject.case === "machine" ? subject.value : undefined,
      format,
    };
    return { diagram: await getDiagram(house, principal, input) };
  });
  register(method.listConfigurations, "configurations:read", (request, context) => {
    const { house, principal } = callOf(context);
    return configurations.listConfigurations(house, principal, request);
  });
  register(method.deprecateConfiguration, "configurations:write", async ({ configId }, context) => {
    const { house, principal } = callOf(context);
    await configurations.deprecateConfiguration(house, principal, configId);
    return {};
  });
}
