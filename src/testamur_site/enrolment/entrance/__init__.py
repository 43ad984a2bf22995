"""How a learner comes in: by a link in a mail, without an account."""
