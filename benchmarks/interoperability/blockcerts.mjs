// The published verifier of Blockcerts (@blockcerts/cert-verifier-js), asked to verify an edition of ours.
//
//   node blockcerts.mjs CREDENTIAL.json DOCUMENTS.json NODE          → {"verified": true|false, "detail": …}
//
// The verifier is as published. Only its way out is replaced: the DID resolver and every address in DOCUMENTS.json are answered from
// there, and the explorer's JSON-RPC proxy (module=proxy) by the node at NODE. Every other address is an error.
import {readFile} from 'node:fs/promises';

const [credentialFile, documentsFile, node] = process.argv.slice(2);
const json = async path => JSON.parse(await readFile(path, 'utf8'));
const documents = await json(documentsFile);
const out = globalThis.fetch;
const answer = document => new Response(JSON.stringify(document), {status: 200, headers: {'content-type': 'application/json'}});

globalThis.fetch = async input => {
  const url = new URL(String(input.url ?? input));
  if(url.searchParams.get('module') === 'proxy') {
    const {action, txhash, tag, boolean: full} = Object.fromEntries(url.searchParams);
    const params = {eth_getTransactionByHash: [txhash], eth_getBlockByNumber: [tag, full === 'true'], eth_blockNumber: []}[action];
    const reply = await out(node, {
      method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({jsonrpc: '2.0', id: 1, method: action, params})
    });
    return answer(await reply.json());
  }
  const did = url.pathname.split('/').findLast(part => part.startsWith('did:'));
  const didDocument = documents[did] ?? documents[did && decodeURIComponent(did)];
  if(didDocument) {
    return answer({didDocument});
  }
  return documents[url.href] ? answer(documents[url.href]) : new Response('not in the documents of this run', {status: 404});
};

// A library that talks to the console must not disturb the answer.
console.log = console.warn = console.error;

const {Certificate} = await import('../../build/tools/blockcerts/dist/verifier-node/index.js');
const steps = [];
let result;
try {
  const certificate = new Certificate(await json(credentialFile));
  await certificate.init();
  result = await certificate.verify(step => step.status !== 'starting' && steps.push(`${step.code}: ${step.status}`));
} catch(error) {
  result = {status: 'failure', message: error.message};
}
process.stdout.write(JSON.stringify({verified: result.status === 'success', detail: {message: result.message, steps}}) + '\n');
