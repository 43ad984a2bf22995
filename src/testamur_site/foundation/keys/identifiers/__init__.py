"""What an institution's DID document says beside its keys, and its history as `did:webvh`. Part of keys: entered through `keys.api`."""
