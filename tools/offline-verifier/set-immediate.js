// Stands in for the package setimmediate, which can make code out of text; rdf-canonize only wants to let others have a turn.
if (!globalThis.setImmediate) {
  globalThis.setImmediate = (callback, ...values) => setTimeout(() => callback(...values), 0);
}
