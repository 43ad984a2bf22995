// Public keys as Multikey and JWK, and what they have signed: as testamur.proofs.keys does it.

import {Refused, base64url, concatenate, multibase, same, startsWith} from "../formats/encodings.js";
import {isObject} from "../formats/read.js";
import {ed25519, p256, p384} from "../vendor/libraries.js";

const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const CURVES = {
  Ed25519: {prefix: [0xed, 0x01], length: 32, size: 32, names: ["EdDSA", "Ed25519"]},
  "P-256": {prefix: [0x80, 0x24], length: 33, size: 32, names: ["ES256"], group: p256, hash: "SHA-256"},
  "P-384": {prefix: [0x81, 0x24], length: 49, size: 48, names: ["ES384"], group: p384, hash: "SHA-384"},
};
// Sorts of keys that exist and that a browser cannot check; they are no fault of the document.
const ELSEWHERE = [[0x82, 0x24], [0xe7, 0x01], [0xeb, 0x01]];

/** The key of a Multikey text: `{algorithm, raw}`. Throws Refused. */
export function fromMultikey(text) {
  const bytes = multibase(text);
  for (const [algorithm, curve] of Object.entries(CURVES)) {
    if (startsWith(bytes, curve.prefix)) return fromRaw(algorithm, bytes.subarray(2));
  }
  if (ELSEWHERE.some((prefix) => startsWith(bytes, prefix))) return {algorithm: "other", raw: bytes};
  throw new Refused("key_material.unsupported");
}

/** The key of a JWK. Throws Refused. */
export function fromJwk(jwk) {
  if (!isObject(jwk) || PRIVATE.some((name) => name in jwk)) throw new Refused("key_material.jwk");
  const {kty, crv} = jwk;
  if (kty === "RSA") return rsa(jwk);
  if (kty === "EC" && ["P-521", "secp256k1"].includes(crv)) return {algorithm: "other", raw: new Uint8Array()};
  const curve = Object.hasOwn(CURVES, crv) ? CURVES[crv] : undefined;
  if (curve === undefined || (kty === "OKP") !== (crv === "Ed25519") || !["OKP", "EC"].includes(kty)) {
    throw new Refused("key_material.unsupported");
  }
  const coordinate = (member) => {
    const bytes = base64url(jwk[member]);
    if (bytes.length !== curve.size) throw new Refused("key_material.length");
    return bytes;
  };
  if ((jwk.use ?? "sig") !== "sig" || !(jwk.key_ops ?? ["verify"]).includes?.("verify")) throw new Refused("key_material.jwk");
  if ("alg" in jwk && !curve.names.includes(jwk.alg)) throw new Refused("key_material.jwk");
  if (kty === "OKP") return fromRaw("Ed25519", coordinate("x"));
  const point = concatenate(Uint8Array.of(4), coordinate("x"), coordinate("y"));
  try {
    return {algorithm: crv, raw: curve.group.Point.fromBytes(point).toBytes(true)};
  } catch {
    throw new Refused("key_material.not_on_curve");
  }
}

function rsa(jwk) {
  const [modulus, exponent] = [base64url(jwk.n), base64url(jwk.e)];
  if (modulus.length < 256 || modulus[0] < 128 || modulus.length > 1024 || exponent.length === 0) throw new Refused("key_material.weak");
  if ((jwk.use ?? "sig") !== "sig" || !(jwk.key_ops ?? ["verify"]).includes?.("verify")) throw new Refused("key_material.jwk");
  if ("alg" in jwk && !["RS256", "PS256"].includes(jwk.alg)) throw new Refused("key_material.jwk");
  return {algorithm: "RSA", raw: concatenate(modulus, Uint8Array.of(0), exponent), jwk: {kty: "RSA", n: jwk.n, e: jwk.e}};
}

export function fromRaw(algorithm, raw) {
  const curve = CURVES[algorithm];
  if (raw.length !== curve.length) throw new Refused("key_material.length");
  try {
    if (algorithm === "Ed25519") {
      // Under a key of small order one signature holds for every message.
      if (ed25519.Point.fromBytes(raw, false).isSmallOrder()) throw new Refused("key_material.weak");
    } else {
      curve.group.Point.fromBytes(raw).assertValidity();
    }
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("key_material.not_on_curve");
  }
  return {algorithm, raw};
}

export const sameKey = (one, other) => one.algorithm === other.algorithm && same(one.raw, other.raw);
export const signatureLength = (algorithm) => 2 * CURVES[algorithm].size;
export const hashOf = (algorithm) => CURVES[algorithm].hash ?? "SHA-256";
export const joseNames = (algorithm) => (algorithm === "RSA" ? ["RS256", "PS256"] : (CURVES[algorithm]?.names ?? []));

/** Did the holder of `key` sign `data`? By WebCrypto; by noble-curves where the browser does not know the algorithm. */
export async function verifies(key, signature, data, joseName = "RS256") {
  if (key.algorithm === "RSA") return byRsa(key, signature, data, joseName);
  const curve = CURVES[key.algorithm];
  if (curve === undefined || signature.length !== 2 * curve.size) return false;
  const subtle = globalThis.crypto?.subtle;
  try {
    if (key.algorithm === "Ed25519") {
      const imported = await subtle.importKey("raw", key.raw, {name: "Ed25519"}, false, ["verify"]);
      return await subtle.verify({name: "Ed25519"}, imported, signature, data);
    }
    const point = curve.group.Point.fromBytes(key.raw).toBytes(false);
    const imported = await subtle.importKey("raw", point, {name: "ECDSA", namedCurve: key.algorithm}, false, ["verify"]);
    return await subtle.verify({name: "ECDSA", hash: curve.hash}, imported, signature, data);
  } catch {
    return byNoble(key, signature, data);
  }
}

async function byRsa(key, signature, data, joseName) {
  const scheme = joseName === "PS256" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5";
  try {
    const imported = await crypto.subtle.importKey("jwk", key.jwk, {name: scheme, hash: "SHA-256"}, false, ["verify"]);
    return await crypto.subtle.verify({name: scheme, saltLength: 32}, imported, signature, data);
  } catch {
    return false;
  }
}

/** The same without WebCrypto (exported so that both ways can be compared). */
export function byNoble(key, signature, data) {
  try {
    if (key.algorithm === "Ed25519") return ed25519.verify(signature, data, key.raw, {zip215: false});
    return CURVES[key.algorithm].group.verify(signature, data, key.raw, {lowS: false});
  } catch {
    return false;
  }
}
