import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { RampartError } from "../errors.js";
import { exists } from "../host/files.js";
import type { Family, TableName } from "../model/family.js";

/** Where changes lie that wait for their confirmation: in memory, so that they end with the kernel's rules. */
export const stateRoot = (): string => process.env.RAMPART_STATE_DIRECTORY ?? "/run/rampart";

/** The marks of a state; native/guard/README.md says who sets them. */
export const MARKS = [
  "ARMED",
  "CONFIRMED",
  "ABORTED",
  "ROLLBACK",
  "ROLLINGBACK",
  "ROLLEDBACK",
  "FAILED",
] as const;
export type Mark = (typeof MARKS)[number];

/** One firewall that a change is about, as far as it takes to open it again. */
export interface CommitPart {
  readonly family: Family;
  readonly backend: "legacy" | "nft";
  readonly netns?: string;
  readonly lockPath?: string;
  readonly tables: readonly TableName[];
  /** Where the rules are written once they are confirmed. */
  readonly save?: string;
}
export interface CommitMeta {
  readonly version: 1;
  readonly id: string;
  /** Milliseconds. */
  readonly within: number;
  /** When it was made, ISO 8601. */
  readonly made: string;
  /** Of this start of the kernel: what is older is about rules that are gone. */
  readonly boot: string;
  /** SHA-256 of the token, in hex. */
  readonly tokenHash: string;
  /** Whether the id alone confirms nothing. */
  readonly needsToken: boolean;
  readonly parts: readonly CommitPart[];
}

const hash = (token: string): string => createHash("sha256").update(token).digest("hex");
export const bootId = async (): Promise<string> =>
  (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

/** Field 22 of /proc/PID/stat: when a process began; undefined if there is none, or it is a zombie. */
export async function startOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || fields.length < 19 ? undefined : Number(fields[18]);
}

/** The directory of one change, shared with its guard. */
export class CommitState {
  readonly id: string;
  readonly directory: string;
  constructor(id: string, root = stateRoot()) {
    this.id = id;
    this.directory = join(root, id);
  }

  /** Makes the directory, with what `meta` says; gives the token, which is nowhere else. */
  static async create(
    meta: Omit<CommitMeta, "version" | "id" | "made" | "boot" | "tokenHash">,
  ): Promise<{ state: CommitState; token: string }> {
    const root = stateRoot(),
      id = randomBytes(4).toString("hex"),
      token = `${id}.${randomBytes(16).toString("hex")}`,
      state = new CommitState(id, root);
    try {
      await mkdir(root, { recursive: true, mode: 0o700 });
      await mkdir(state.directory, { mode: 0o700 });
      const whole: CommitMeta = {
        version: 1,
        id,
        made: new Date().toISOString(),
        boot: await bootId(),
        tokenHash: hash(token),
        ...meta,
      };
      await state.write("meta.json", JSON.stringify(whole, undefined, 2));
    } catch (error) {
      await state.remove();
      const { code = "", errno, syscall = "" } = error as NodeJS.ErrnoException;
      throw new RampartError(
        "guard",
        {
          problem: `its state cannot be kept in ${root} (${code})`,
          ...(errno !== undefined && { errno: -errno, errorName: code, syscall }),
        },
        { cause: error },
      );
    }
    return { state, token };
  }

  async meta(): Promise<CommitMeta> {
    return JSON.parse(await this.read("meta.json"));
  }
  read(name: string): Promise<string> {
    return readFile(join(this.directory, name), "utf8");
  }
  has(name: string): Promise<boolean> {
    return exists(join(this.directory, name));
  }
  /** Whole or not at all, and lasting. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const temporary = join(this.directory, `.${name}.${process.pid}`),
      file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(this.directory, name));
  }
  /** Of several that try, one gets true. */
  async move(from: Mark, to: Mark): Promise<boolean> {
    return rename(join(this.directory, from), join(this.directory, to)).then(
      () => true,
      () => false,
    );
  }
  /** Undefined while nothing is armed. */
  async mark(): Promise<Mark | undefined> {
    const names = await readdir(this.directory).catch(() => [] as string[]);
    return MARKS.findLast((mark) => names.includes(mark));
  }
  /** The facts that the guard has written about itself. */
  async guard(): Promise<ReadonlyMap<string, number> | undefined> {
    const text = await this.read("guard").catch(() => undefined);
    if (text === undefined) return undefined;
    return new Map(
      text
        .trim()
        .split("\n")
        .map((line) => line.split(" "))
        .map(([key = "", value]) => [key, Number(value)]),
    );
  }
  /** The guard's process, if it lives. */
  async guardPid(): Promise<number | undefined> {
    const guard = await this.guard(),
      pid = guard?.get("pid");
    if (pid === undefined) return undefined;
    return (await startOf(pid)) === guard!.get("start") ? pid : undefined;
  }
  /** Milliseconds until the guard acts; negative when it was to have acted. */
  async remaining(): Promise<number> {
    const [deadline, uptime] = await Promise.all([this.read("deadline"), readFile("/proc/uptime", "utf8")]);
    return Number(deadline) - Number(uptime.split(" ")[0]) * 1000;
  }
  async forget(name: string): Promise<void> {
    await rm(join(this.directory, name), { force: true });
  }
  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** All changes that lie there, confirmed or rolled back ones among them; none from before the last start. */
export async function allStates(): Promise<CommitState[]> {
  const root = stateRoot(),
    names = await readdir(root).catch(() => [] as string[]),
    boot = await bootId(),
    states: CommitState[] = [];
  for (const name of names.filter((one) => /^[0-9a-f]{8}$/.test(one))) {
    const state = new CommitState(name, root),
      meta = await state.meta().catch(() => undefined);
    if (meta?.boot === boot) states.push(state);
  }
  return states;
}

/** Throws `not-pending` unless the word is the id, or the token where one is needed. */
export function checkToken({ id, needsToken, tokenHash }: CommitMeta, word: string): void {
  const right = timingSafeEqual(Buffer.from(hash(word), "hex"), Buffer.from(tokenHash, "hex"));
  if (right || (word === id && !needsToken)) return;
  const problem =
    needsToken && word === id ? `change ${id} is confirmed by its token only` : "that is not its token";
  throw new RampartError("not-pending", { id, problem });
}
