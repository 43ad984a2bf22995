"""How the pages of a verification are asked: by forms without a token, and the commonest before there is a request."""
