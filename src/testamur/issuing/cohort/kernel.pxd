# The types of `kernel.py` for its compiled form (tools/accelerate). Python does not read this file.

cimport cython

cdef bytes _HARMLESS, _TAIL, _ALPHABET, _DIGITS

cdef class Addresses:
    cdef public list places, beginnings, kinds
    cpdef bint fit(self, list encoded)

cdef class Form:
    cdef public bint email, holder, results_vary
    cdef public str credits
    cdef public tuple moments, texts
    cdef public object image, stamp
    cdef public list evidence, results, entry
    cdef public Addresses addresses
    cdef public int count
    cdef public bytes separators
    cpdef list taken(self, object recipient, object award)
    cpdef list encoded(self, list values)
    cpdef bint plain(self, list values)
    cdef bint _moments(self, tuple parts, str begins, list values)
    cdef bint _texts(self, tuple parts, list values)
    cdef bint _pieces(self, object pieces, list values)
    cdef bint _scores(self, object results, list values)
    cdef bint _status(self, object entry, list values)

cdef class Text:
    cdef public bytes template
    cdef public tuple numbers
    cdef public list sizes
    cdef public int values
    cdef public object picks
    cpdef bytes write(self, list written)
    @cython.locals(at=cython.Py_ssize_t, end=cython.Py_ssize_t, hole=cython.Py_ssize_t, value=bytes)
    cpdef list read(self, bytes text)

@cython.locals(ten=cython.ulonglong, at=int, end=int, digits=bytearray)
cpdef bytes base58(bytes data)
@cython.locals(ten=cython.ulonglong, digit=cython.uint, at=cython.Py_ssize_t, end=cython.Py_ssize_t, size=cython.Py_ssize_t)
cpdef object from_base58(bytes text)
