# The types of `token_kernel.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython
from native cimport base64url_behind, base64url_between, begun_base64

cdef bint _BEGUN

cdef class TokenText:
    cdef readonly bytes beginning
    cdef readonly object template
    cpdef bytes signing_input(self, list written)
    @cython.locals(start=Py_ssize_t, end=Py_ssize_t, payload=bytes, signature=bytes)
    cpdef tuple read(self, bytes token)
    cpdef list read_back(self, list some, object plain, object said)

@cython.locals(number=Py_ssize_t, signed=bytes)
cpdef list tokens(list inputs, list signatures)
