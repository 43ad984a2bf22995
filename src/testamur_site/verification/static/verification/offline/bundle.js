// Offline bundles (testamur.fetch.bundle): what was fetched once, with its dates, kept in this browser until somebody says otherwise.
// A ZIP archive with manifest.json and one file per resource, or one JSON document with both. Every size is bounded before it is believed.

import {Refused, base64, hex, startsWith, unpacked} from "./formats/encodings.js";
import {isObject} from "./formats/read.js";
import {parse} from "./formats/strict_json.js";

const FORMAT = "testamur-bundle/1";
const MOST = 1_000;
const LARGEST = 4_000_000;
const LARGEST_BUNDLE = 32_000_000;
const STORE = "testamur-bundles";
const ADDRESS = "/verify/offline/kept/";

/** The resources of a bundle: `[{url, mediaType, fetchedAt, content}]`. Throws Refused `bundle.…`. */
export async function open(bytes) {
  if (bytes.length > LARGEST_BUNDLE) throw new Refused("bundle.too_large");
  const zip = startsWith(bytes, [0x50, 0x4b]);
  const files = zip ? directory(bytes) : null;
  let manifest;
  try {
    manifest = parse(zip ? await member(bytes, files, "manifest.json") : bytes, {largest: zip ? 1_000_000 : LARGEST_BUNDLE});
  } catch (error) {
    throw error.code?.startsWith("bundle.") ? error : new Refused("bundle.malformed");
  }
  if (!isObject(manifest) || manifest.format !== FORMAT || !Array.isArray(manifest.resources)) throw new Refused("bundle.malformed");
  if (manifest.resources.length > MOST) throw new Refused("bundle.too_large");
  const resources = [];
  let total = 0;
  for (const entry of manifest.resources) {
    const content = zip ? await member(bytes, files, entry.file) : base64(String(entry.content));
    total += content.length;
    if (content.length > LARGEST || total > LARGEST_BUNDLE) throw new Refused("bundle.too_large");
    if (typeof entry.url !== "string" || Number.isNaN(Date.parse(entry.fetchedAt))) throw new Refused("bundle.malformed");
    if (hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content))) !== entry.sha256) throw new Refused("bundle.digest");
    resources.push({url: entry.url, mediaType: entry.mediaType, fetchedAt: entry.fetchedAt, content});
  }
  return resources;
}

/** The central directory of a ZIP archive: name → `{offset, compressed, method}`. */
function directory(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0 || end < bytes.length - 22 - 65_535) throw new Refused("bundle.malformed");
  const files = new Map();
  let at = view.getUint32(end + 16, true);
  for (let count = view.getUint16(end + 10, true); count > 0; count -= 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw new Refused("bundle.malformed");
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const text = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
    if (files.has(text) || files.size > MOST) throw new Refused("bundle.malformed");
    files.set(text, {method: view.getUint16(at + 10, true), compressed: view.getUint32(at + 20, true), offset: view.getUint32(at + 42, true)});
    at += 46 + name + extra + comment;
  }
  return files;
}

async function member(bytes, files, name) {
  const found = files.get(name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!found || found.offset + 30 > bytes.length || view.getUint32(found.offset, true) !== 0x04034b50) throw new Refused("bundle.malformed");
  const start = found.offset + 30 + view.getUint16(found.offset + 26, true) + view.getUint16(found.offset + 28, true);
  const packed = bytes.subarray(start, start + found.compressed);
  if (packed.length !== found.compressed) throw new Refused("bundle.malformed");
  if (found.method === 0) return packed;
  if (found.method !== 8) throw new Refused("bundle.malformed");
  return unpacked(packed, "deflate-raw", LARGEST, "bundle.malformed", "bundle.too_large");
}

/** Keep `resources` in this browser; of two for one address the later one stays. */
export async function keep(resources) {
  const store = await caches.open(STORE);
  for (const resource of resources) {
    const key = ADDRESS + encodeURIComponent(resource.url);
    const there = await store.match(key);
    if (there && Date.parse(there.headers.get("x-fetched-at")) > Date.parse(resource.fetchedAt)) continue;
    await store.put(key, new Response(resource.content, {headers: {"x-fetched-at": resource.fetchedAt, "x-url": encodeURIComponent(resource.url)}}));
  }
}

/** The resource kept for `url`, `{content, fetchedAt}`, or null. */
export async function kept(url) {
  const store = await caches.open(STORE);
  const there = await store.match(ADDRESS + encodeURIComponent(url));
  return there ? {content: new Uint8Array(await there.arrayBuffer()), fetchedAt: there.headers.get("x-fetched-at")} : null;
}

/** What is kept: `[{url, fetchedAt}]`, by address. */
export async function listed() {
  const store = await caches.open(STORE);
  const all = await Promise.all((await store.keys()).map((key) => store.match(key)));
  return all
    .map((each) => ({url: decodeURIComponent(each.headers.get("x-url")), fetchedAt: each.headers.get("x-fetched-at")}))
    .sort((one, other) => one.url.localeCompare(other.url));
}

export const forget = () => caches.delete(STORE);
