// Published npm packages that secure a credential without linked data, on request: canonical JSON, by the published suite or by the bare
// package for it with node:crypto, or a JSON Web Token (`jose`).
//
//   node peer.mjs suite|jcs|EdDSA|ES256|RS256|bare-EdDSA|bare-ES256|bare-RS256 UNSIGNED.jsonl
//
// In favour of all but the first: no base 58 is written or read, and nothing but the signature is looked at. `bare` is node:crypto alone,
// over texts as long as those that a token signs.
import {createHash, generateKeyPairSync, sign, verify} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {createSignCryptosuite, createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import canonicalize from 'canonicalize';
import {compactVerify, CompactSign} from 'jose';
import {takeTurns} from '../speed/turns.mjs';

const [asked, unsignedFile] = process.argv.slice(2);
const which = asked.replace('bare-', '');
const unsigned = (await readFile(unsignedFile, 'utf8')).trim().split('\n').map(line => JSON.parse(line));
const kinds = {ES256: ['ec', {namedCurve: 'P-256'}], RS256: ['rsa', {modulusLength: 3072}]};
const {publicKey, privateKey} = generateKeyPairSync(...(kinds[which] ?? ['ed25519']));
const sha256 = text => createHash('sha256').update(text, 'utf8').digest();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const pair = await Ed25519Multikey.generate();
const {publicKeyMultibase} = await pair.export({publicKey: true});
const did = `did:key:${publicKeyMultibase}`;
pair.id = `${did}#${publicKeyMultibase}`;
pair.controller = did;
const method = {
  '@context': 'https://w3id.org/security/multikey/v1', id: pair.id, type: 'Multikey', controller: did, publicKeyMultibase
};
const controller = {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: did, verificationMethod: [method], assertionMethod: [pair.id]
};
async function documentLoader(url) {
  const document = url === did ? controller : url === pair.id ? method : undefined;
  if(!document) {
    throw new Error(`not in this run: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document, tag: 'static'};
}
const signing = new DataIntegrityProof({signer: pair.signer(), cryptosuite: createSignCryptosuite()});
const checking = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});

const stacks = {
  suite: {
    async issue(document) {
      const credential = {...document, issuer: {...document.issuer, id: did}};
      return JSON.stringify(await vc.issue({credential, suite: signing, documentLoader}));
    },
    async verify(text) {
      const checkStatus = async () => ({verified: true});
      const result = await vc.verifyCredential({credential: JSON.parse(text), suite: checking, documentLoader, checkStatus});
      if(!result.verified) {
        throw result.error;
      }
    }
  },
  jcs: {
    issue(document) {
      const options = {
        type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', created: '2026-02-24T09:30:00Z',
        verificationMethod: 'https://university.example/keys#1', proofPurpose: 'assertionMethod', '@context': document['@context']
      };
      const data = Buffer.concat([sha256(canonicalize(options)), sha256(canonicalize(document))]);
      return JSON.stringify({...document, proof: {...options, proofValue: sign(null, data, privateKey).toString('base64url')}});
    },
    verify(text) {
      const {proof: {proofValue, ...options}, ...document} = JSON.parse(text);
      const data = Buffer.concat([sha256(canonicalize(options)), sha256(canonicalize(document))]);
      if(!verify(null, data, publicKey, Buffer.from(proofValue, 'base64url'))) {
        throw new Error('not true');
      }
    }
  }
};
const tokens = {
  issue(document) {
    return new CompactSign(encoder.encode(JSON.stringify(document)))
      .setProtectedHeader({alg: which, kid: 'https://university.example/keys#1', typ: 'vc+jwt', cty: 'vc'}).sign(privateKey);
  },
  async verify(token) {
    const {payload} = await compactVerify(token, publicKey);
    JSON.parse(decoder.decode(payload));
  }
};
const hash = which === 'EdDSA' ? null : 'sha256';
const dsaEncoding = 'ieee-p1363';
const texts = new Map(unsigned.map(document => [document, Buffer.from(Buffer.from(JSON.stringify(document)).toString('base64url'))]));
const bare = {
  issue: document => [texts.get(document), sign(hash, texts.get(document), {key: privateKey, dsaEncoding})],
  verify([text, signature]) {
    if(!verify(hash, text, {key: publicKey, dsaEncoding}, signature)) {
      throw new Error('not true');
    }
  }
};
const stack = asked === which ? stacks[which] ?? tokens : bare;
const signed = [];
for(const document of unsigned) {
  signed.push(await stack.issue(document));
}

const next = (what, work) => number => stack[what](work[number % work.length]);
await takeTurns({issue: next('issue', unsigned), verify: next('verify', signed)});
