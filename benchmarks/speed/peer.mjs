// A published npm stack that issues or verifies on request, so that it can take turns with others.
//
//   node peer.mjs digitalbazaar|dcc UNSIGNED.jsonl CONTEXTS.json
//
// Contexts are served from memory and tagged as static, so that jsonld.js keeps what it made of them. Nothing is fetched.
import {readFile} from 'node:fs/promises';
import {takeTurns} from './turns.mjs';

const [which, unsignedFile, contextsFile] = process.argv.slice(2);
const scope = which === 'dcc' ? '@digitalcredentials' : '@digitalbazaar';
const vc = await import(`${scope}/vc`);
const {DataIntegrityProof} = await import(`${scope}/data-integrity`);
const {cryptosuite} = await import(`${scope}/eddsa-rdfc-2022-cryptosuite`);
const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');

const contexts = new Map(Object.entries(JSON.parse(await readFile(contextsFile, 'utf8'))));
const unsigned = (await readFile(unsignedFile, 'utf8')).trim().split('\n').map(line => JSON.parse(line));

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
  const document = url === did ? controller : url === pair.id ? method : contexts.get(url);
  if(!document) {
    throw new Error(`not in this run: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document, tag: 'static'};
}

const signing = new DataIntegrityProof({signer: pair.signer(), cryptosuite});
const checking = new DataIntegrityProof({cryptosuite});
const issue = number => {
  const credential = {...unsigned[number % unsigned.length]};
  credential.issuer = {...credential.issuer, id: did};
  return vc.issue({credential, suite: signing, documentLoader});
};
const signed = [];
for(let number = 0; number < Math.min(40, unsigned.length); ++number) {
  signed.push(await issue(number));
}
// The list is not looked at here, which is in favour of the peer: ours looks.
const checkStatus = async () => ({verified: true});
async function verify(number) {
  const credential = structuredClone(signed[number % signed.length]);
  const result = await vc.verifyCredential({credential, suite: checking, documentLoader, checkStatus});
  if(!result.verified) {
    throw result.error;
  }
}
await verify(0);

await takeTurns({issue, verify});
