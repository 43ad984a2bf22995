// The service worker of the offline verify page. The server puts VERSION and ADDRESSES before this text.
//
// 1. Installing: the page, its modules, the libraries and the pinned data are fetched and kept under the version.
// 2. Serving: modules and data come from there, so that they always belong together; the page itself comes from the network where there
//    is one (its form for bundles needs a fresh token), and from there where there is none.
// 3. Activating: older versions go. The bundles that somebody opened are kept apart and stay.

/* global VERSION, ADDRESSES */
const NAME = `testamur-offline-${VERSION}`;
const FRESH = ["/verify/offline", "/verify/offline/manifest.webmanifest"];
const DATA = "/verify/offline/data.json";

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const store = await caches.open(NAME);
      await Promise.all(ADDRESSES.map(async (address) => store.put(address, await wholeAnswer(address))));
      await self.skipWaiting();
    })(),
  );
});

async function wholeAnswer(address) {
  const answer = await fetch(address, {cache: "reload", credentials: "same-origin"});
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer;
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith("testamur-offline-") && name !== NAME).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

// The page names what it was drawn with (style sheets, icons), whose addresses only it knows.
self.addEventListener("message", (event) => {
  const addresses = (event.data?.keep ?? []).filter((address) => new URL(address).origin === self.location.origin);
  event.waitUntil(
    (async () => {
      const store = await caches.open(NAME);
      await Promise.all(
        addresses.map(async (address) => (await store.match(address)) || store.put(address, await wholeAnswer(address))),
      );
      event.source?.postMessage({kept: true});
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (FRESH.includes(address.pathname)) event.respondWith(networkFirst(event.request, address.pathname));
  else if (address.pathname === DATA || address.pathname.startsWith("/static/")) event.respondWith(storeFirst(event.request));
});

async function networkFirst(request, key) {
  const store = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok) await store.put(key, answer.clone());
    return answer;
  } catch (error) {
    const there = await store.match(key);
    if (there) return there;
    throw error;
  }
}

async function storeFirst(request) {
  const store = await caches.open(NAME);
  return (await store.match(request.url)) ?? fetch(request);
}
