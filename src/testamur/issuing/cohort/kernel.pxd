# The types of `kernel.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython

cdef bytes _HARMLESS, _IS_HARMLESS, _TAIL, _IN_TAIL, _ALPHABET, _DIGITS

cdef class Addresses:
    cdef public list places, beginnings, kinds
    @cython.locals(place=Py_ssize_t, number=Py_ssize_t, value=bytes, beginning=bytes)
    cpdef bint fit(self, list encoded)

@cython.locals(source="const unsigned char *", allowed="const unsigned char *", place=Py_ssize_t)
cdef bint _made_of(bytes text, Py_ssize_t start, bytes table, bytes same)

cdef class Form:
    cdef public bint email, holder, results_vary
    cdef public str credits
    cdef public tuple moments, texts
    cdef public object image, stamp, holes, digest
    cdef public list evidence, results, entry
    cdef public Addresses addresses
    cdef public Py_ssize_t count
    cdef public bytes separators
    @cython.locals(written=list)
    cpdef list hashed(self, list pairs)
    @cython.locals(values=list)
    cpdef list read(self, object recipient, object award)
    @cython.locals(parts=tuple, values=list)
    cpdef list taken(self, object recipient, object award)
    @cython.locals(value=str)
    cpdef list encoded(self, list values)
    cpdef bint plain(self, list values)
    @cython.locals(size=Py_ssize_t, value=bytes)
    cdef bint _plain(self, list values)
    cdef bint _moments(self, tuple parts, str begins, list values)
    @cython.locals(at=Py_ssize_t)
    cdef bint _texts(self, tuple parts, list values)
    @cython.locals(at=Py_ssize_t, number=Py_ssize_t, expected=tuple, found=tuple)
    cdef bint _pieces(self, object pieces, list values)
    @cython.locals(number=Py_ssize_t, expected=tuple)
    cdef bint _scores(self, object results, list values)
    @cython.locals(number=Py_ssize_t, expected=tuple)
    cdef bint _status(self, object entry, list values)

@cython.locals(
    source="const unsigned char *", written="unsigned char *", digits=bytearray, places="unsigned long long[18]",
    carry=cython.ulonglong, at=cython.int, byte=cython.int, place=cython.int
)
cpdef bytes base58(bytes data)
@cython.locals(ten=cython.ulonglong, digit=cython.uint, at=Py_ssize_t, end=Py_ssize_t, size=Py_ssize_t)
cpdef object from_base58(bytes text)
