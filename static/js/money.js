// Whole cents in, French words out; the same rounding as the server's core/money.py.
const NARROW_SPACE = "\u202f";
const NO_BREAK_SPACE = "\u00a0";

/** What `seconds` cost at an hourly rate in cents: rounded down, as on the server. */
export function priceCents(rateCents, seconds) {
  return Math.floor((rateCents * seconds) / 3600);
}

/** A share in basis points (2000 = 20 %), rounded half up. */
export function share(amountCents, basisPoints) {
  return Math.floor((2 * amountCents * basisPoints + 10000) / 20000);
}

/** 123450 → « 1 234,50 € » */
export function formatEuros(cents) {
  const sign = cents < 0 ? "-" : "";
  const whole = String(Math.floor(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, NARROW_SPACE);
  return `${sign}${whole},${String(Math.abs(cents) % 100).padStart(2, "0")}${NO_BREAK_SPACE}€`;
}

/** 90 → « 1 h 30 » */
export function formatMinutes(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!hours) return `${rest}${NO_BREAK_SPACE}min`;
  return `${hours}${NO_BREAK_SPACE}h${rest ? NO_BREAK_SPACE + String(rest).padStart(2, "0") : ""}`;
}

/** « 47 », « 47,5 », « 47.50 » → cents, or null */
export function parseEuros(text) {
  const found = /^\s*(\d{1,6})(?:[.,](\d{1,2}))?\s*€?\s*$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "0").padEnd(2, "0")) : null;
}
