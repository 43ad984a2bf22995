// Proofs from a transparency log (C2SP tlog-proof, tlog-checkpoint, signed-note): as testamur.log reads and checks them, with Ed25519
// alone. Nothing is taken from a proof but the path, the salt and the signed head; the entry is computed from the credential.

import {Refused, base64, concatenate, hex, same, utf8} from "../formats/encodings.js";
import {fromRaw, verifies} from "./keys.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const LARGEST = 256 * 1024;
const MOST_HASHES = 63;
const MOST_LINES = 64;
const ED25519 = 1;
const LENGTHS = {1: 32, 6: 1312};
const [HANDLE, COMMITMENT] = ["handle", "commitment"].map((name) => utf8(`testamur.org/log/${name}/v1\0`));
const KINDS = {issue: 1, supersede: 2};

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concatenate(...parts)));

/** `{index, path, salt, origin, size, root, text, lines}` of a proof. Throws Refused; nothing is verified here. */
export function readProof(bytes) {
  if (bytes.length > LARGEST) throw new Refused("log.proof_size");
  let whole;
  try {
    whole = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw new Refused("log.proof");
  }
  const at = whole.indexOf("\n\n");
  const lines = whole.slice(0, Math.max(at, 0)).split("\n");
  if (at < 0 || lines.shift() !== HEADER) throw new Refused("log.proof");
  let salt = new Uint8Array();
  if (lines[0]?.startsWith("extra ")) salt = plainBase64(lines.shift().slice("extra ".length), "log.proof");
  const index = lines[0]?.startsWith("index ") ? decimal(lines.shift().slice("index ".length)) : null;
  const path = lines.map((line) => plainBase64(line, "log.proof"));
  if (index === null || path.length > MOST_HASHES || path.some((each) => each.length !== 32)) throw new Refused("log.proof");
  return {index, path, salt, ...readCheckpoint(whole.slice(at + 2))};
}

function readCheckpoint(note) {
  const at = note.lastIndexOf("\n\n");
  // eslint-disable-next-line no-control-regex
  if (at < 0 || !note.endsWith("\n") || /[\0-\x09\x0b-\x1f]/.test(note)) throw new Refused("log.note");
  const text = note.slice(0, at + 1);
  const stated = text.slice(0, -1).split("\n");
  const signed = note.slice(at + 2, -1).split("\n");
  if (stated.length < 3 || stated.some((line) => !line)) throw new Refused("log.checkpoint");
  if (signed.length > MOST_LINES) throw new Refused("log.note");
  const size = decimal(stated[1]);
  const root = plainBase64(stated[2], "log.checkpoint");
  if (size === null || root.length !== 32) throw new Refused("log.checkpoint");
  const lines = signed.map((line) => {
    const [, name, value] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
    const material = plainBase64(value ?? "", "log.note");
    if (material.length < 5 || name.includes("+")) throw new Refused("log.note");
    return {name, id: hex(material.subarray(0, 4)), value: material.subarray(4)};
  });
  return {origin: stated[0], size, root, text, lines};
}

/** A verifier key as it is published: `{name, type, id, raw}`; null for one of a type that no log signs with. */
export async function readKey(text) {
  try {
    const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
    const material = plainBase64(encoded ?? "", "log.key");
    if (LENGTHS[material[0]] !== material.length - 1) return null;
    const made = hex((await sha256(utf8(`${name}\n`), material)).subarray(0, 4));
    return made === id ? {name, type: material[0], id, raw: material.subarray(1)} : null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return null;
  }
}

/** Whether the proof leads from an entry for `secured` (bytes) under `identifier` to its root. Throws Refused without a salt. */
export async function includes(proof, identifier, secured) {
  if (proof.salt.length !== 32) throw new Refused("log.no_salt");
  const handle = await sha256(HANDLE, utf8(identifier));
  const commitment = await sha256(COMMITMENT, proof.salt, await sha256(secured));
  for (const kind of Object.values(KINDS)) {
    const leaf = await sha256(Uint8Array.of(0), Uint8Array.of(1, kind), handle, commitment);
    if (await leads(leaf, proof)) return true;
  }
  return false;
}

/** RFC 9162 §2.1.3.2. */
async function leads(leaf, {index, size, path, root}) {
  if (index >= size) return false;
  let [first, last, result] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) return false;
    if (first & 1n || first === last) {
      result = await sha256(Uint8Array.of(1), sibling, result);
      while (!(first & 1n) && first) [first, last] = [first >> 1n, last >> 1n];
    } else {
      result = await sha256(Uint8Array.of(1), result, sibling);
    }
    [first, last] = [first >> 1n, last >> 1n];
  }
  return last === 0n && same(result, root);
}

/** Whether one of `keys` signed the head: true, false, or the name of a key under which a false signature stands. */
export async function signedBy(proof, keys) {
  let found = false;
  for (const key of keys.filter(({type}) => type === ED25519)) {
    for (const line of proof.lines.filter(({name, id}) => name === key.name && id === key.id)) {
      if (!(await verifies(fromRaw("Ed25519", key.raw), line.value, utf8(proof.text)))) return key.name;
      found = true;
    }
  }
  return found;
}

function plainBase64(text, code) {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4) throw new Refused(code);
  const bytes = base64(text);
  if (btoa(String.fromCharCode(...bytes)) !== text) throw new Refused(code);
  return bytes;
}

function decimal(text) {
  return /^(?:0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) < 1n << 63n ? BigInt(text) : null;
}
