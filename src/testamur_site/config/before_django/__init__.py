"""What is answered before Django's middleware needs the security headers that it gives (`security_headers`); verifications by those who are
not signed in go without most of it (`without_session`), the commonest without a request (`without_request`). Public bytes are next door,
in `config/public_bytes.py`."""
