# The types of `base64url.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython
from native cimport base64url_behind, base64url_between, begun_base64

cdef bint _BEGUN

cpdef bytes encode(bytes data)
cpdef bytes decode(bytes text)
cpdef bytes jws(bytes head, bytes payload)
@cython.locals(first=Py_ssize_t, last=Py_ssize_t, header=bytes, payload=bytes, signature=bytes)
cpdef tuple compact(bytes text)
