/** Where in a text something is wrong. Lines and columns count from 1; `source` is that line as it stands. */
export interface Place {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** How many characters are at fault; 1 unless given. */
  readonly length?: number;
  readonly source: string;
}

/** One thing that is wrong in a text. */
export interface Mistake {
  readonly problem: string;
  readonly place: Place;
}

/** Where in a firewall something is wrong, as far as it is known. Rule numbers count from 1, as iptables counts. */
export interface Spot {
  readonly family?: "ipv4" | "ipv6";
  readonly table?: string;
  readonly chain?: string;
  readonly ruleNumber?: number;
  /** The rule as text, when it can be written as text. */
  readonly rule?: string;
  /** Where the rule stands in the text that it came from. */
  readonly place?: Place;
}

export interface SystemFailure {
  readonly errno: number;
  /** The errno's name, `EINVAL` and the like. */
  readonly errorName: string;
  readonly syscall: string;
}

/** Why a change was taken back: `late` is a commit that came after the deadline. */
export type RollbackReason = "deadline" | "request" | "caller-died" | "caller-exited" | "late";
/** What became of one table, or of all tables of nf_tables. */
export interface RollbackOutcome {
  /** `4.filter` is the xtables table filter of IPv4; `nft.4` are those of iptables-nft. */
  readonly part: string;
  /** `restored` to what was there before; `same`: it still was; `anew`: with the tables made anew, and so without what others had in them. */
  readonly outcome: "restored" | "same" | "anew" | "failed";
  readonly errno?: number;
  readonly errorName?: string;
  /** Others had changed it in the meantime. */
  readonly foreign: boolean;
}

/** What each error code carries. The code is stable; the sentence is not. */
export interface ErrorContexts {
  /**
   * A text that is no rule, no rules file, no command line.
   * @remedy Mend the line at the caret. Nothing was changed.
   */
  syntax: {
    readonly problem: string;
    readonly place?: Place;
    /** What else is wrong in a rules file, in its order: 20 at most are shown. */
    readonly more?: readonly Mistake[];
    /** How many wrong lines there are beside those. */
    readonly untold?: number;
  };
  /**
   * An option value that cannot be, met outside of a text.
   * @remedy Give the option a value of the kind that the sentence names (docs/extensions.md lists them).
   */
  "invalid-value": { readonly problem: string };
  /**
   * A rule value that no kernel could hold.
   * @remedy Change the rule: the sentence says what in it excludes what.
   */
  "invalid-rule": { readonly problem: string } & Spot;
  /**
   * A rule to be made names a match or target that Rampart does not declare for this family.
   * @remedy Look the name up in docs/extensions.md. Rules of such kinds that are in the kernel already are kept.
   */
  "unknown-extension": {
    readonly kind: "match" | "target";
    readonly name: string;
    readonly family: string;
  } & Omit<Spot, "family">;
  /**
   * A rule that holds something Rampart keeps as bytes only, where text was asked for.
   * @remedy Read it as JSON, which shows the bytes; or leave its table out of the text.
   */
  opaque: { readonly kind: "match" | "target"; readonly name: string; readonly revision: number } & Spot;
  /**
   * A chain that is not in the table is named: by an edit, or as a target.
   * @remedy Make it first: `table.newChain(name)`, `-N`.
   */
  "no-such-chain": { readonly table: string; readonly chain: string };
  /**
   * A chain is to be made, or renamed, to a name that is taken.
   * @remedy Use the chain that is there, or another name.
   */
  "chain-exists": { readonly table: string; readonly chain: string };
  /**
   * A name that no chain can have: empty, longer than 28 bytes, a verdict's, with white space or a quote in it, or `-` or `!` before it.
   * @remedy Choose another name.
   */
  "chain-name": { readonly chain: string; readonly problem: string };
  /**
   * A chain is to be deleted to which rules still jump.
   * @remedy Delete those rules first.
   */
  "chain-in-use": { readonly table: string; readonly chain: string; readonly references: number };
  /**
   * A chain is to be deleted that still has rules.
   * @remedy Flush it first: `table.flush(chain)`, `-F`.
   */
  "chain-not-empty": { readonly table: string; readonly chain: string; readonly rules: number };
  /**
   * A built-in chain is to be made, renamed or deleted.
   * @remedy Flush it, or set its policy.
   */
  "built-in-chain": { readonly table: string; readonly chain: string; readonly problem: string };
  /**
   * A rule is to be deleted, or found, that is not in the chain.
   * @remedy Give it as `-S` shows it, or by its number.
   */
  "no-such-rule": { readonly table: string; readonly chain: string; readonly rule?: string };
  /**
   * A rule's number is beyond the chain's end.
   * @remedy Numbers count from 1; `-L --line-numbers` shows them.
   */
  "rule-number": {
    readonly table: string;
    readonly chain: string;
    readonly number: number;
    readonly length: number;
  };
  /**
   * A policy that there is not, or one for a chain that is not built in.
   * @remedy ACCEPT or DROP, of built-in chains; elsewhere a last rule decides.
   */
  policy: { readonly table: string; readonly chain: string; readonly policy: string };
  /**
   * A table's name that iptables does not know.
   * @remedy filter, nat, mangle, raw or security.
   */
  "no-such-table": { readonly table: string };
  /**
   * The table is not what it was when it was read.
   * @remedy Read it again and repeat the edit; `transaction` does both by itself.
   */
  conflict: { readonly family: string; readonly table: string };
  /**
   * Both hold rules of that family, in these tables, so that none of them can be meant without saying so.
   * @remedy Say which is meant: `backend`, `--backend`, `RAMPART_BACKEND`; or `rampart migrate --to nft`.
   */
  "both-backends": {
    readonly family: string;
    readonly legacy: readonly string[];
    readonly nft: readonly string[];
  };
  /**
   * The rules would cut off somebody who is there, or may. Nothing was written.
   * @remedy `context.fix` is a rule that helps, where one was found. `force` writes it all the same; commit-confirm does where the verdict is `unproved`.
   */
  lockout: {
    /** Who, to which port. */
    readonly endpoint: string;
    /** How it is known that he is there. */
    readonly found: string;
    readonly verdict: "cut" | "unproved";
    readonly problem: string;
    /** A rule that helps, in iptables' words; that it does has been judged. */
    readonly fix?: string;
    /** All that was found: a `SafetyReport`. */
    readonly report: object;
  } & Spot;
  /**
   * Rules cannot be carried from one backend to the other.
   * @remedy The sentence names what is in the way; both backends still hold what they held.
   */
  migration: { readonly problem: string; readonly family?: string; readonly table?: string };
  /**
   * Another program held the xtables lock for as long as the call would wait. Nothing was written.
   * @remedy Wait longer (`timeout`, `-w`), or see what the process of `context.holder` does.
   */
  "lock-timeout": {
    readonly path: string;
    readonly waited: number;
    readonly holder?: number;
    readonly holderName?: string;
  };
  /**
   * The kernel lets only the privileged do this.
   * @remedy Run as root, or with CAP_NET_ADMIN and CAP_NET_RAW in the user namespace that owns the network namespace.
   */
  permission: { readonly operation: string } & SystemFailure;
  /**
   * The kernel has no such table or no iptables at all, and nothing has loaded it.
   * @remedy Load the module that is named: `modprobe`; in a container, on its host.
   */
  "module-missing": { readonly module: string } & SystemFailure;
  /**
   * The kernel said no. `applied` tells whether the table changed all the same.
   * @remedy The sentence says what is known of the reason. Where `applied` is true, read the table again.
   */
  kernel: { readonly problem: string; readonly applied: boolean } & SystemFailure & Spot;
  /**
   * Something in the tables that is none of iptables', in the way of what was asked. Nothing was written.
   * @remedy Let the program that made it take it away, or leave that chain alone.
   */
  foreign: { readonly problem: string; readonly handle?: number } & Spot;
  /**
   * A rule names a set that is not in its network namespace, or is of the other family.
   * @remedy Create it first: `sets.create`, `ipset create`.
   */
  "no-such-set": { readonly set: string; readonly family: string } & Omit<Spot, "family">;
  /**
   * A rule names something that must be in the kernel, or in the namespace, before the rule is. Nothing was written.
   * @remedy `context.remedy` says it.
   */
  "no-such-object": {
    readonly kind: string;
    readonly name: string;
    readonly family: string;
    readonly problem: string;
    /** What to do. */
    readonly remedy: string;
  } & Omit<Spot, "family">;
  /**
   * The kernel refused something of a set.
   * @remedy `context.remedy` says it.
   */
  set: {
    /** The command in ipset's words. */
    readonly operation: string;
    readonly set: string;
    readonly type?: string;
    /** The entry at fault, and which of those given it was, from 0. */
    readonly entry?: string;
    readonly index?: number;
    readonly problem: string;
    /** What to do. */
    readonly remedy: string;
    readonly errno: number;
    /** `IPSET_ERR_HASH_FULL` and the like. */
    readonly errorName: string;
  };
  /**
   * A list of addresses that cannot be had, or is none. Nothing was changed.
   * @remedy See whether the file or server is there, and whether what it gives is a list.
   */
  source: { readonly source: string; readonly problem: string };
  /**
   * The network namespace cannot be entered.
   * @remedy It is a name from `ip netns`, a path, or `pid:N` of a process that still runs.
   */
  namespace: { readonly namespace: string; readonly problem: string };
  /**
   * The kernel did not tell or do what was asked of the host itself: its sockets, routes, tracked connections.
   * @remedy Mostly a kernel without that part (sock_diag, nf_conntrack_netlink): `rampart doctor`.
   */
  host: { readonly operation: string; readonly problem: string } & SystemFailure;
  /**
   * The native half is not there; everything pure still works.
   * @remedy The sentence names the package that brings what is missing; `npx rampart build` compiles for this machine.
   */
  "native-missing": { readonly addon: string; readonly problem: string };
  /**
   * A file cannot be read, written or trusted.
   * @remedy See its path, its owner and mode.
   */
  file: { readonly path: string; readonly problem: string };
  /**
   * Nobody could be found to roll back in case: nothing was written.
   * @remedy See why by `context.problem`; without commit-confirm the same rules can be written, with nobody to roll them back.
   */
  guard: { readonly problem: string } & Partial<SystemFailure>;
  /**
   * Another change waits for its confirmation, in this network namespace. Nothing was written.
   * @remedy `rampart confirm` keeps it, `rampart rollback` takes it back.
   */
  pending: { readonly id?: string };
  /**
   * No change waits for a confirmation, or none of that name.
   * @remedy `rampart pending` shows what waits.
   */
  "not-pending": { readonly id?: string; readonly problem: string };
  /**
   * The change was taken back.
   * @remedy See `reason`; where `complete` is false, `outcomes` says what was not put back, and `rampart rollback` tries it again.
   */
  "rolled-back": {
    readonly id: string;
    readonly reason: RollbackReason;
    /** False where something could not be put back; `outcomes` says what. */
    readonly complete: boolean;
    readonly outcomes: readonly RollbackOutcome[];
  };
  /**
   * The caller's AbortSignal, or Ctrl-C.
   * @remedy None is needed: nothing was written, but for set entries that `done` counts.
   */
  aborted: { readonly operation: string; readonly done?: number };
  /**
   * The firewall was closed before.
   * @remedy Open another one.
   */
  closed: { readonly family: string };
}
export type ErrorCode = keyof ErrorContexts;
