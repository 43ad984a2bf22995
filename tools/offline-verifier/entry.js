// What the offline verify page takes from npm, and nothing else. Bundled by tools/vendor-offline-verifier.
import canonicalize from "canonicalize";
import jsonld from "jsonld";
import {canonize} from "rdf-canonize";
import {ed25519} from "@noble/curves/ed25519.js";
import {p256, p384} from "@noble/curves/nist.js";

export {canonicalize, canonize, ed25519, jsonld, p256, p384};
