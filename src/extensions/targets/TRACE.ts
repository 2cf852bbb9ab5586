import { struct } from "../../codec/struct.js";
import { target } from "../define.js";

/**
 * `-j TRACE`, in raw only: the kernel tells which rules the packet meets from here on. It has no options.
 *
 * @example trace()
 */
export const trace = target("TRACE", { revision: 0, info: struct({}), options: {} });
