# The types of `digits.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython

cdef bytes _ALPHABET, _DIGITS

@cython.locals(
    source="const unsigned char *", written="unsigned char *", digits=bytearray, places="unsigned long long[18]",
    carry=cython.ulonglong, at=cython.int, byte=cython.int, place=cython.int
)
cpdef bytes base58(bytes data)
@cython.locals(
    written="unsigned char *", data=bytearray, places="unsigned long long[20]", carry=cython.ulonglong, power=cython.ulonglong, low=cython.ulonglong,
    digit=cython.uint, at=Py_ssize_t, size=Py_ssize_t, place=cython.int
)
cpdef object from_base58(bytes text)
cpdef bytes digits(bytes signature)
cpdef list all_digits(list signatures)
