// Points in time: `xsd:dateTimeStamp`, as testamur.proofs.date_time reads it, in milliseconds.

import {Refused} from "./encodings.js";

const STAMP = new RegExp(
  "^(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T(?:([01]\\d|2[0-3]):([0-5]\\d):([0-5]\\d)|(24:00:00)(?=(?:\\.0+)?[Z+-]))" +
    "(?:\\.(\\d{1,30}))?(?:Z|([+-])(?:(0\\d|1[0-3]):([0-5]\\d)|(14:00)))$",
);

/** Milliseconds since 1970 of `text`, or null where it is no moment. */
export function moment(text) {
  const found = typeof text === "string" ? STAMP.exec(text) : null;
  if (found === null) return null;
  const [, year, month, day, hour, minute, second, midnight, fraction, sign, zoneHour, zoneMinute, fourteen] = found;
  const check = new Date(0);
  check.setUTCFullYear(Number(year), month - 1, day);
  if (Number(year) === 0 || check.getUTCDate() !== Number(day)) return null;
  const exact = check.getTime() + (midnight ? 86_400_000 : ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000);
  const offset = sign ? (fourteen ? 840 : Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "+" ? 1 : -1) : 0;
  return exact + Number((fraction ?? "").padEnd(3, "0").slice(0, 3)) - offset * 60_000;
}

/** The same; throws Refused `input.date_time` where it is none. */
export function requiredMoment(text) {
  const found = moment(text);
  if (found === null) throw new Refused("input.date_time");
  return found;
}

/** A moment as facts carry it: ISO 8601 in UTC to the second. */
export const iso = (milliseconds) => new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
