export { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
