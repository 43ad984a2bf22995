// Credentials as compact JWS: as testamur.proofs.jose does it. The token does not choose whether it is signed, does not bring its own key,
// and does not change the rules.

import {Refused, base64url, utf8} from "../formats/encodings.js";
import {moment} from "../formats/moments.js";
import {completed, isObject} from "../formats/read.js";
import {parse} from "../formats/strict_json.js";
import {canonicalize} from "../vendor/libraries.js";
import {fromJwk, joseNames, sameKey, verifies} from "./keys.js";

const KNOWN = ["EdDSA", "Ed25519", "ES256", "ES384", "RS256", "PS256"];
const REFUSED = ["HS256", "HS384", "HS512"];
const CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1";

/** `{header, payload, input, signature}` of a token. Throws Refused. */
export function parts(token) {
  const pieces = token.split(".");
  if (pieces.length !== 3 || token.length > 1_500_000) throw new Refused("jose.syntax");
  let header, payload, signature;
  try {
    [header, payload, signature] = pieces.map(base64url);
  } catch {
    throw new Refused("jose.syntax");
  }
  const read = [parse(header, {largest: 32768, deepest: 16}), parse(payload)];
  if (!read.every(isObject)) throw new Refused("jose.not_an_object");
  return {header: read[0], payload: read[1], input: utf8(`${pieces[0]}.${pieces[1]}`), signature};
}

/** Whether a header names an algorithm that proves nothing, whatever key is asked for. */
export function provesNothing({alg}) {
  return typeof alg === "string" && (alg.toLowerCase() === "none" || REFUSED.includes(alg.toUpperCase()));
}

/** `{code, undecided}`: `jose.verified`, `jose.signature_false`, or what else is wrong with the token. */
export async function check(token, key) {
  try {
    const {header, input, signature} = parts(token);
    const name = header.alg;
    if (typeof name !== "string" || !name) throw new Refused("jose.algorithm_invalid");
    if (provesNothing(header)) throw new Refused("jose.algorithm_refused");
    if (!KNOWN.includes(name)) return {code: "jose.algorithm_unknown", undecided: true};
    if ("crit" in header) throw new Refused("jose.critical_header");
    if ("b64" in header && header.b64 !== true) throw new Refused("jose.b64");
    if ("jwk" in header) {
      let repeated;
      try {
        repeated = fromJwk(header.jwk);
      } catch {
        throw new Refused("jose.header_key_mismatch");
      }
      if (!sameKey(repeated, key)) throw new Refused("jose.header_key_mismatch");
    }
    if (!joseNames(key.algorithm).includes(name)) throw new Refused("jose.key_algorithm_mismatch");
    const verified = await verifies(key, signature, input, name);
    return {code: verified ? "jose.verified" : "jose.signature_false", undecided: false};
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {code: error.code, undecided: false};
  }
}

/** The first claim that contradicts the credential, or null. A claim that is missing deceives nobody. */
export function contradiction(payload, credential) {
  const contexts = credential["@context"];
  const older = Array.isArray(contexts) ? contexts[0] === CREDENTIALS_V1 : contexts === CREDENTIALS_V1;
  const equal = (one, other) => other !== undefined && canonicalize(one) === canonicalize(other);
  if (older) {
    if (isObject(payload.vc)) {
      for (const [name, value] of Object.entries(completed(payload.vc, payload))) if (!equal(value, credential[name])) return "vc";
    }
  } else {
    for (const name of ["vc", "vp"]) if (name in payload) return name;
    for (const [name, value] of Object.entries(credential)) if (name in payload && !equal(value, payload[name])) return name;
  }
  const idOf = (value) => (isObject(value) ? value.id : value);
  const subject = credential.credentialSubject;
  const texts = {iss: idOf(credential.issuer), jti: credential.id, sub: isObject(subject) ? subject.id : undefined};
  for (const [claim, value] of Object.entries(texts)) {
    if (claim in payload && payload[claim] !== (value ?? null)) return claim;
  }
  const dates = {nbf: older ? ["issuanceDate", "validFrom"] : ["validFrom"], exp: older ? ["expirationDate", "validUntil"] : ["validUntil"]};
  for (const [claim, members] of Object.entries(dates)) {
    if (claim in payload && !members.some((member) => member in credential && sameSecond(payload[claim], credential[member]))) return claim;
  }
  return null;
}

function sameSecond(claim, date) {
  const at = moment(date);
  return typeof claim === "number" && at !== null && Math.floor(claim) === Math.floor(at / 1000);
}
