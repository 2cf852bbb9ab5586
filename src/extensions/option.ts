/** How a struct says "given" and "negated": the forms an option is declared in. */
export { fail } from "../errors.js";
export { depending, folding, printedIf } from "./option-depending.js";
export { eitherWay, flags } from "./option-flags.js";
export {
  type Access,
  type Bound,
  type Has,
  type Kind,
  type Option,
  type Rewrite,
  surface,
} from "./option-form.js";
export { selected } from "./option-selected.js";
export { always, required, unless } from "./option-stored.js";
