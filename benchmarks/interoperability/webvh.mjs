// The other side of did:webvh: the published implementation `didwebvh-ts`, asked to read our histories and to write one.
//
//   node webvh.mjs read DID LOG.jsonl   → {"verified": true|false, "detail": …}
//   node webvh.mjs write                → {"did": …, "log": [lines]}: three versions under pre-rotation
//
// Nothing is fetched.
import {createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify} from 'node:crypto';
import {readFile} from 'node:fs/promises';

import {AbstractCrypto, createDID, prepareDataForSigning, resolveDIDFromLog, updateDID, multibaseEncode, MultibaseEncoding, deriveNextKeyHash} from 'didwebvh-ts';

// A library that talks to the console must not disturb the answer.
console.log = console.error;

class Keys extends AbstractCrypto {
  constructor(options) {
    super(options);
    this.secret = options.secret;
  }
  async sign({document, proof}) {
    const data = await prepareDataForSigning(document, proof);
    return {proofValue: multibaseEncode(new Uint8Array(sign(null, data, this.secret)), MultibaseEncoding.BASE58_BTC)};
  }
  async verify(signature, message, publicKey) {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'});
    return verify(null, message, key, signature);
  }
}

function newKey() {
  const {publicKey, privateKey} = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({format: 'jwk'}).x, 'base64url');
  const multikey = multibaseEncode(new Uint8Array([0xed, 0x01, ...raw]), MultibaseEncoding.BASE58_BTC);
  const verificationMethod = {type: 'Multikey', id: `did:key:${multikey}#${multikey}`, publicKeyMultibase: multikey, purpose: 'authentication'};
  return {multikey, keys: new Keys({verificationMethod, secret: createPrivateKey(privateKey.export({type: 'pkcs8', format: 'pem'}))}), verificationMethod};
}

async function read(did, path) {
  const log = (await readFile(path, 'utf8')).trim().split('\n').map(line => JSON.parse(line));
  try {
    const found = await resolveDIDFromLog(log, {verifier: newKey().keys});
    const newest = found.meta.versionId === log.at(-1).versionId;
    return {verified: found.did === did && newest && !found.meta.error, detail: found.meta};
  } catch(error) {
    return {verified: false, detail: String(error)};
  }
}

async function write() {
  const [first, second, third, fourth] = [newKey(), newKey(), newKey(), newKey()];
  const common = key => ({signer: key.keys, verifier: key.keys, verificationMethods: [{type: 'Multikey', publicKeyMultibase: fourth.multikey, purpose: 'assertionMethod'}]});
  const hash = key => deriveNextKeyHash(key.multikey);
  let made = await createDID({...common(first), address: 'university.example', paths: ['credentials'], updateKeys: [first.multikey], nextKeyHashes: [await hash(second)], portable: true, created: '2026-01-01T00:00:00Z'});
  made = await updateDID({...common(second), log: made.log, updateKeys: [second.multikey], nextKeyHashes: [await hash(third)], updated: '2026-02-01T00:00:00Z'});
  made = await updateDID({...common(third), log: made.log, updateKeys: [third.multikey], nextKeyHashes: [await hash(first)], updated: '2026-03-01T00:00:00Z'});
  return {did: made.did, log: made.log};
}

const [action, ...rest] = process.argv.slice(2);
process.stdout.write(JSON.stringify(action === 'read' ? await read(...rest) : await write()));
