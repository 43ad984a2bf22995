// Things outside that the document pins by their hash (VC Data Model 2.0 §5.3): compared with what ships here, as
// testamur.formats.vc_2.resources does it. Nothing is fetched to compare a hash.

import {base64, base64url, hex, multibase} from "../formats/encodings.js";
import {isObject, many} from "../formats/read.js";

const URL_FORM = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\x00-\x20\x7f]+$/;
const STRENGTH = ["sha256", "sha384", "sha512"];
const BY_LENGTH = {32: "sha256", 48: "sha384", 64: "sha512"};
const MULTIHASH = {"1220": "sha256", "2030": "sha384", "1340": "sha512"};

/** The findings about `relatedResource`; `digests` are those of the pinned contexts by address and algorithm. */
export function related(one, digests) {
  const stated = many(one.document.relatedResource);
  if (stated.length === 0) return [];
  const findings = [];
  const seen = new Set();
  let notCompared = 0;
  for (const [at, resource] of stated.entries()) {
    const path = Array.isArray(one.document.relatedResource) ? `/relatedResource/${at}` : "/relatedResource";
    const malformed = (place) => findings.push(["structure.related_malformed", {path: place}]);
    if (!isObject(resource)) {
      malformed(path);
      continue;
    }
    const address = resource.id;
    if (typeof address !== "string" || address.length > 2048 || !URL_FORM.test(address)) {
      malformed(`${path}/id`);
      continue;
    }
    if (seen.has(address)) malformed(`${path}/id`);
    seen.add(address);
    const names = ["digestSRI", "digestMultibase"].filter((name) => name in resource);
    if (names.length === 0) malformed(path);
    for (const name of names) {
      const expected = name === "digestSRI" ? integrity(resource[name]) : digest(resource[name]);
      if (expected.length === 0) malformed(`${path}/${name}`);
      else if (!Object.hasOwn(digests, address)) {
        notCompared += 1;
        break;
      } else if (!expected.some(([algorithm, value]) => digests[address][algorithm] === value)) {
        findings.push(["structure.related_differs", {path: `${path}/${name}`}]);
      }
    }
  }
  if (notCompared > 0) findings.push(["structure.related_not_compared", {count: notCompared}]);
  else if (findings.length === 0) findings.push(["structure.related_same", {count: stated.length}]);
  return findings;
}

/** The digests of the strongest algorithm in an integrity attribute, `[algorithm, hex]`; none where it is malformed. */
function integrity(value) {
  const expressions = typeof value === "string" ? value.split(/\s+/).filter(Boolean) : [];
  const read = expressions.length > 16 ? [] : expressions.map(expression);
  if (read.includes(null)) return [];
  const strongest = Math.max(...read.map(([algorithm]) => STRENGTH.indexOf(algorithm)));
  return read.filter(([algorithm]) => algorithm === STRENGTH[strongest]);
}

function expression(text) {
  const found = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]{1,90}={0,2})(?:\?\S*)?$/.exec(text);
  if (found === null) return null;
  try {
    const bytes = base64(found[2]);
    return BY_LENGTH[bytes.length] === found[1] ? [found[1], hex(bytes)] : null;
  } catch {
    return null;
  }
}

function digest(value) {
  let bytes;
  try {
    bytes = typeof value === "string" && value.startsWith("u") ? base64url(value.slice(1)) : multibase(value);
  } catch {
    return [];
  }
  const algorithm = MULTIHASH[hex(bytes.subarray(0, 2))];
  if (algorithm !== undefined && BY_LENGTH[bytes.length - 2] === algorithm) return [[algorithm, hex(bytes.subarray(2))]];
  return BY_LENGTH[bytes.length] ? [[BY_LENGTH[bytes.length], hex(bytes)]] : [];
}
