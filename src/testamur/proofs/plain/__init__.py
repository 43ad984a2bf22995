"""Signatures checked in plain Python: for where no native library is, above all the single-file verifier (decision 0047).

Only checking is here, never signing: nothing secret passes through, so that time and memory may depend on the numbers. Each function takes
bytes and answers yes or no; what is malformed is a *no*. The verdicts are those of OpenSSL, held equal by the tests.
"""
