#!/usr/bin/env node
import { basename } from "node:path";
import { processIo } from "./io.js";
import { argumentsFor, run } from "./run.js";

const [, program = "rampart", ...args] = process.argv;
process.exitCode = await run(argumentsFor(basename(program), args), processIo());
