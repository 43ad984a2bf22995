"""What a credential says, as far as recognition looks at it (`credentials`), and how near it comes to ours (`comparison`)."""
