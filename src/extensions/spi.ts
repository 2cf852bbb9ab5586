import { type Range, span, unlessWhole } from "./kinds.js";
import { always, type Has, type Option, printedIf, unless } from "./option.js";

/** How a struct holds two security parameter indexes (`spis`), and how it names them in C. */
export const SPI_NAMES = { spiLow: "spis[0]", spiHigh: "spis[1]", inverted: "invflags" } as const;

const LARGEST = 0xffff_ffff;
const EVERY: Range = [0, LARGEST];
const spi = span("spiLow", "spiHigh", LARGEST);
type Spi = Option<Has<"spiLow" | "spiHigh" | "inverted">, Range, true>;

const unlessEvery = (key: string, option: Spi): Spi => printedIf(unlessWhole(key, LARGEST), option);

/** The indexes of a security association; all of them unless given. */
export const spiOption = (key: string): Spi => unlessEvery(key, unless(EVERY, spi, "inverted", 1));
/** The same, but where none is given the struct holds index 0, as ipcomp's does. */
export const spiOrZero = (key: string): Spi => unlessEvery(key, always(0, spi, "inverted", 1));
