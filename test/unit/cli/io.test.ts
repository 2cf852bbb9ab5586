import { describe, expect, it } from "vitest";
import { type Io, painter } from "../../../src/cli/io.js";

const painted = (terminal: boolean, env: Io["env"]): string => painter({ env } as Io, terminal)("red", "x");
const RED = "\u001b[31mx\u001b[39m";

describe("painter", () => {
  it("colours on a terminal only", () => {
    expect(painted(true, {})).toBe(RED);
    expect(painted(false, {})).toBe("x");
    expect(painted(true, { TERM: "dumb" })).toBe("x");
  });
  it("heeds NO_COLOR and FORCE_COLOR", () => {
    expect(painted(true, { NO_COLOR: "1" })).toBe("x");
    expect(painted(true, { NO_COLOR: "" })).toBe(RED);
    expect(painted(false, { FORCE_COLOR: "1" })).toBe(RED);
    expect(painted(true, { FORCE_COLOR: "0" })).toBe("x");
  });
});
