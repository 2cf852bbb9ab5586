export { type Applied, applyService, type Placement } from "./apply.js";
export { isServiceName, SERVICES, type ServiceDefinition, type ServiceName } from "./catalogue.js";
export {
  type AllowOptions,
  allow,
  type BlockOptions,
  block,
  blockOutgoing,
  type ChainRule,
  dropInvalid,
  established,
  forward,
  loopback,
  type Service,
} from "./recipes.js";
