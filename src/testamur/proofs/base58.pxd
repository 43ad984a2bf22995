# The types of `base58.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython

cdef bytes _LETTERS, _DIGITS
cdef object _TEN

@cython.locals(
    digits=bytearray, alphabet="const unsigned char *", at=Py_ssize_t, ten=cython.ulonglong, zeros=Py_ssize_t,
    number=object, text=bytes
)
cpdef str encode(bytes data)
@cython.locals(
    letters=bytes, digits="const unsigned char *", at=Py_ssize_t, end=Py_ssize_t, size=Py_ssize_t, ten=cython.ulonglong,
    number=object, zeros=Py_ssize_t
)
cpdef bytes decode(str text)
