"""What `testamur verify` is made of besides the verifier: the documents that the user names, and receipts."""
