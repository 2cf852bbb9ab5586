/** The long option that a key stands for: `toDestination` is `--to-destination`. */
export const kebab = (key: string): string =>
  // The one option of iptables in which a number is a word of its own.
  `--${key.replace(/^rt0/, "rt-0").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
