// Bytes as text, one spelling only: as testamur.proofs.encodings does it.

/** Something that cannot be read or used; `code` is one of the codes of the report or the reason inside one. */
export class Refused extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LONGEST_BASE58 = 512;

export const utf8 = (text) => new TextEncoder().encode(text);

export function concatenate(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const startsWith = (bytes, prefix) => prefix.every((byte, at) => bytes[at] === byte);

/** Base64 in any alphabet, padded or not. Throws Refused. */
export function base64(text) {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/").replace(/=+$/, "");
  let binary;
  try {
    binary = atob(plain);
  } catch {
    throw new Refused("key_material.base64url");
  }
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

export function base64urlText(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Unpadded base64url in its canonical spelling (RFC 7515 §2). Throws Refused. */
export function base64url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) throw new Refused("key_material.base64url");
  const bytes = base64(text);
  if (base64urlText(bytes) !== text) throw new Refused("key_material.base64url");
  return bytes;
}

/** Multibase base-58-btc. Throws Refused. */
export function multibase(text) {
  if (typeof text !== "string" || text.length > LONGEST_BASE58 || !/^z[1-9A-HJ-NP-Za-km-z]+$/.test(text)) {
    throw new Refused("key_material.multibase");
  }
  let number = 0n;
  for (const sign of text.slice(1)) number = number * 58n + BigInt(BASE58.indexOf(sign));
  const digits = [];
  for (; number > 0n; number >>= 8n) digits.unshift(Number(number & 255n));
  const zeros = /^z(1*)/.exec(text)[1].length;
  return Uint8Array.from([...new Array(zeros).fill(0), ...digits]);
}

/** The bytes that `stream` unpacks to, at most `limit`. Throws Refused with `code` where they are more or broken. */
export async function unpacked(bytes, format, limit, code, largeCode = code) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    let step;
    try {
      step = await reader.read();
    } catch {
      throw new Refused(code);
    }
    if (step.done) return concatenate(...parts);
    size += step.value.length;
    if (size > limit) {
      await reader.cancel().catch(() => {});
      throw new Refused(largeCode);
    }
    parts.push(step.value);
  }
}
