import { fail } from "../errors.js";

/**
 * What the versions of iptables say, or read, differently. 1.8.4 to 1.8.10 write nothing that 1.8.9 does not read with the
 * same meaning, so they need no profile of their own.
 */
export interface Profile {
  /**
   * Protocols are said by the names that /etc/protocols has for them. Since 1.8.11 only by those that iptables itself has,
   * dccp and ipcomp among them, else by number.
   */
  readonly namedProtocols: boolean;
  /** `-L -n` lists protocols by number, all of them as 0; since 1.8.10 by the names that iptables itself has. */
  readonly numericProtocols: boolean;
  /** `! --dport 0:65535` and `! -i +`, which match nothing, are said; since 1.8.11. Before, the rule is printed without. */
  readonly saysNothingMatches: boolean;
  /** `--icmp-type 255/3` is said as `any`, which is another rule. */
  readonly anyIcmpCode: boolean;
  /** Names of ICMP types that came after 1.8.9. */
  readonly laterIcmpNames: boolean;
  /** NETMAP's network may have a mask with holes; before 1.8.11 such a mask is read as a whole one. */
  readonly holedMasks: boolean;
  /** Values stand behind a short option without a blank, as in `-ptcp`; since 1.8.10. */
  readonly attachedValues: boolean;
  /** A range of numbers may run backwards, and match nothing; refused since 1.8.11. */
  readonly backwardRanges: boolean;
  /** The last queue that `--queue-balance` takes; since 1.8.11 it is one less. */
  readonly lastQueue: number;
  /** `--connlimit-mask 33` counts as all 32 bits; 1.8.13 would store what lies in its memory, so it is refused. */
  readonly longMasks: boolean;
  /** `--ctproto 0` is taken; refused since 1.8.11. */
  readonly ctprotoZero: boolean;
}

const PROFILES = {
  "1.8.9": {
    namedProtocols: true,
    numericProtocols: true,
    saysNothingMatches: false,
    anyIcmpCode: true,
    laterIcmpNames: false,
    holedMasks: false,
    attachedValues: false,
    backwardRanges: true,
    lastQueue: 0xffff,
    longMasks: true,
    ctprotoZero: true,
  },
  "1.8.13": {
    namedProtocols: false,
    numericProtocols: false,
    saysNothingMatches: true,
    anyIcmpCode: false,
    laterIcmpNames: true,
    holedMasks: true,
    attachedValues: true,
    backwardRanges: false,
    lastQueue: 0xfffe,
    longMasks: false,
    ctprotoZero: false,
  },
} as const satisfies Readonly<Record<string, Profile>>;

/** The version of iptables whose text is meant. */
export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];
/** iptables 1.8.9's, whose answers everything else is measured by. */
export const DEFAULT_PROFILE: Profile = PROFILES["1.8.9"];
/** Values made by hand mean what they say: what 1.8.9 would read as another one is taken as it stands. */
export const BY_HAND: Profile = { ...DEFAULT_PROFILE, holedMasks: true };

export const isProfileName = (name: string): name is ProfileName => Object.hasOwn(PROFILES, name);
/** Throws "invalid-value" for a version that there is no profile of. */
export const profileOf = (name: ProfileName = "1.8.9"): Profile =>
  isProfileName(name)
    ? PROFILES[name]
    : fail(`there is no profile "${String(name)}": it is ${PROFILE_NAMES.join(" or ")}`);
