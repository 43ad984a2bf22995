// From bytes to a document of known kind: as testamur.formats.read does it, for what a browser can check.

import {Refused, base64, startsWith, unpacked, utf8} from "./encodings.js";
import {parse} from "./strict_json.js";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const LARGEST_PNG = 16 * 1024 * 1024;
const KEYWORDS = ["openbadgecredential", "clrcredential", "openbadges"];
const NAMESPACE = "https://purl.imsglobal.org/ob/v3p0";
const JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;
const ENVELOPE = /^data:application\/(?:vc\+jwt|jwt|vc-ld\+jwt|vc\+ld\+jwt),([A-Za-z0-9_.-]+)$/;
const OTHER = [
  [[0xff, 0xd8, 0xff], "jpeg"],
  [[0x47, 0x49, 0x46, 0x38], "gif"],
  [[0x52, 0x49, 0x46, 0x46], "webp"],
  [[0x25, 0x50, 0x44, 0x46], "pdf"],
  [[0x50, 0x4b, 0x03, 0x04], "zip"],
  [[0x1f, 0x8b], "gzip"],
];
const VC_1 = "https://www.w3.org/2018/credentials/v1";
const VC_2 = "https://www.w3.org/ns/credentials/v2";
const OB_2 = ["https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2", "https://openbadgespec.org/v1", "https://openbadgespec.org/v2"];

export const many = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** `{kind, credential, token, format}` of a file's bytes. Throws Refused. */
export async function read(bytes) {
  if (startsWith(bytes, PNG)) return carried("png", await fromPng(bytes));
  let text;
  try {
    text = new TextDecoder("utf-8", {fatal: true}).decode(bytes).trim();
  } catch {
    text = null;
  }
  if (text === "") throw new Refused("input.empty");
  if (text !== null && isSvg(text)) return carried("svg", fromSvg(text));
  if (text !== null && JWS.test(text)) return token("jwt", text);
  if (text !== null ? /^[{[]/.test(text) : startsWith(bytes, [0x7b])) return json("json", bytes);
  const found = OTHER.find(([magic]) => startsWith(bytes, magic));
  throw new Refused("input.format_unsupported", {format: found ? found[1] : otherText(text)});
}

function otherText(text) {
  if (text === null) return "unknown";
  if (/^<(!doctype html|html)/i.test(text)) return "html";
  if (text.startsWith("<")) return "xml";
  return text.startsWith("ey") && text.includes("~") ? "sd_jwt" : "unknown";
}

function carried(kind, found) {
  const text = found.trim();
  return JWS.test(text) ? token(kind, text) : json(kind, utf8(found));
}

function json(kind, bytes) {
  const value = parse(bytes);
  if (!isObject(value)) throw new Refused("input.not_an_object");
  const enveloped = many(value.type).includes("EnvelopedVerifiableCredential") && typeof value.id === "string" && ENVELOPE.exec(value.id);
  if (enveloped) return token(kind, enveloped[1]);
  return {kind, credential: value, token: null, format: formatOf(value), size: bytes.length};
}

function token(kind, text) {
  let payload;
  try {
    payload = base64(text.split(".")[1]);
  } catch {
    throw new Refused("input.token");
  }
  const claims = parse(payload);
  if (!isObject(claims)) throw new Refused("input.token");
  // A payload that is a credential stays one with such a claim in it: 2.0 forbids the claim, and the check of the proof says so.
  const credential = isObject(claims.vc) && !("@context" in claims) ? completed(claims.vc, claims) : claims;
  return {kind, credential, token: text, format: formatOf(credential), size: text.length};
}

/** The credential of the `vc` claim with what claims of the token stand for (VC Data Model 1.1 §6.3.1), as testamur.proofs.jose.claims does it. */
export function completed(embedded, claims) {
  const credential = {...embedded};
  if (many(credential["@context"])[0] !== "https://www.w3.org/2018/credentials/v1") return credential;
  for (const [member, claim] of [["issuer", "iss"], ["id", "jti"]]) {
    if (!(member in credential) && typeof claims[claim] === "string") credential[member] = claims[claim];
  }
  for (const [members, claim] of [[["issuanceDate", "validFrom"], "nbf"], [["expirationDate", "validUntil"], "exp"]]) {
    const seconds = typeof claims[claim] === "number" ? new Date(Math.floor(claims[claim]) * 1000) : null;
    if (seconds === null || Number.isNaN(seconds.getTime()) || members.some((member) => member in credential)) continue;
    credential[members[0]] = seconds.toISOString().replace(".000Z", "Z");
  }
  const subject = credential.credentialSubject;
  if (isObject(subject) && !("id" in subject) && typeof claims.sub === "string") credential.credentialSubject = {id: claims.sub, ...subject};
  return credential;
}

/** Which standard a document says it follows. */
export function formatOf(document) {
  const contexts = many(document["@context"]).filter((entry) => typeof entry === "string");
  const types = many(document.type ?? document["@type"]);
  if (types.includes("EuropeanDigitalCredential")) return "european";
  if (types.includes("VerifiablePresentation")) return "presentation";
  if (types.includes("OpenBadgeCredential") || types.includes("AchievementCredential")) return "open_badges_3";
  const badge = contexts.some((entry) => entry.startsWith("https://purl.imsglobal.org/spec/ob/v3p0/"));
  if (types.includes("VerifiableCredential") && types.includes("EndorsementCredential") && badge) return "open_badges_3";
  if (contexts.includes(VC_2)) return "vc_2";
  if (contexts.includes(VC_1)) return "vc_1_1";
  if (contexts.some((entry) => OB_2.some((known) => entry.replace(/\/+$/, "").startsWith(known)))) return "open_badges_2";
  if ("badge" in document && ("verify" in document || "verification" in document)) return "open_badges_2";
  return "unknown";
}

async function fromPng(bytes) {
  if (bytes.length > LARGEST_PNG) throw new Refused("png.too_large");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map();
  let at = PNG.length;
  let kind = "";
  while (kind !== "IEND") {
    if (at + 12 > bytes.length) throw new Refused("png.truncated");
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new Refused("png.truncated");
    kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (view.getUint32(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length))) throw new Refused("png.crc");
    if (["iTXt", "tEXt", "zTXt"].includes(kind)) {
      const data = bytes.subarray(at + 8, at + 8 + length);
      const end = data.indexOf(0);
      const keyword = end < 0 ? "" : String.fromCharCode(...data.subarray(0, end));
      if (KEYWORDS.includes(keyword)) {
        if (found.has(keyword)) throw new Refused("png.duplicate_credential");
        found.set(keyword, await chunkText(kind, data.subarray(end + 1)));
      }
    }
    at += 12 + length;
  }
  if (at !== bytes.length) throw new Refused("png.trailing_data");
  const keyword = KEYWORDS.find((name) => found.has(name));
  if (keyword === undefined) throw new Refused("png.no_credential");
  return found.get(keyword);
}

async function chunkText(kind, rest) {
  let compressed = kind === "zTXt";
  let data = compressed ? rest.subarray(1) : rest;
  if (kind === "iTXt") {
    compressed = rest[0] === 1;
    const language = rest.indexOf(0, 2);
    const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
    if (rest[0] > 1 || translated < 0) throw new Refused("png.text");
    data = rest.subarray(translated + 1);
  }
  if (compressed) data = await unpacked(data, "deflate", 1_000_000, "png.text", "baked.too_large");
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(data);
  } catch {
    throw new Refused("png.text");
  }
}

const CRC = Uint32Array.from({length: 256}, (_, value) => {
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** The checksum of PNG and ZIP. */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function isSvg(text) {
  return text.startsWith("<") && /<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]/.test(text.slice(0, 16384)) && !/^\s*<(?:!doctype\s+html|html)[\s>]/i.test(text.slice(0, 200));
}

function fromSvg(text) {
  if (/<!(ENTITY|DOCTYPE[^>]*\[)/i.test(text)) throw new Refused("svg.entities");
  const document = new DOMParser().parseFromString(text, "image/svg+xml");
  if (document.querySelector("parsererror")) throw new Refused("svg.syntax");
  const carriers = [...document.getElementsByTagNameNS(NAMESPACE, "credential")];
  if (carriers.length > 1) throw new Refused("svg.duplicate_credential");
  if (carriers.length === 0) throw new Refused("svg.no_credential");
  const attribute = (carriers[0].getAttribute("verify") ?? "").trim();
  const inside = carriers[0].textContent;
  if (attribute && inside.trim()) throw new Refused("svg.ambiguous_credential");
  if (!attribute && !inside.trim()) throw new Refused("svg.no_credential");
  return inside.trim() ? inside : attribute;
}
