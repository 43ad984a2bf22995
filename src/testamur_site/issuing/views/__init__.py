"""Staff pages of issuing. Each view checks a right, calls one service or query, and renders."""
