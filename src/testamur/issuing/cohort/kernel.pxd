# The types of `kernel.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython
from native cimport (
    are_plain, attributes_of, found_dates, found_sha256, hashed_address, is_index, is_trimmed, made_of, picked, places_of, plain_values,
    slots_of, utc_text,
)

cdef object _EVIDENCE, _RESULT, _IMAGE
cdef bint _DATES, _DIRECT
cdef bytes _RECIPIENT_SLOTS, _AWARD_SLOTS, _EVIDENCE_SLOTS, _RESULT_SLOTS
cdef bytes _TAIL, _IN_TAIL
cdef int _CONSTANT, _INDEX, _ID, _LIST

cdef class Addresses:
    cdef public list places, beginnings, kinds
    @cython.locals(place=Py_ssize_t, number=Py_ssize_t, value=bytes, beginning=bytes)
    cpdef bint fit(self, list encoded)

cdef str _normal(str name)
cdef bint _is_hashed(str name)
cdef str _hashed(str email, str salt)

cdef class Form:
    cdef public bint email, holder, results_vary
    cdef public str credits
    cdef public tuple moments, texts
    cdef public object image, stamp, digest, met
    cdef public list evidence, results, entry
    cdef public Addresses addresses
    cdef public Py_ssize_t count
    cdef public bytes places
    @cython.locals(written=list)
    cpdef list hashed(self, list pairs)
    @cython.locals(number=Py_ssize_t, written=list)
    cpdef list finished(self, object fill, list hashed, bytes date, list digits)
    @cython.locals(text=bytes, values=list, created=bytes, proof_value=bytes)
    cpdef list read_back(self, object read, list texts)
    cdef list holes(self, list written)
    @cython.locals(values=list, encoded=list)
    cpdef list read(self, object recipient, object award)
    @cython.locals(parts=tuple, values=list, hashed=bytes)
    cdef list taken(self, object recipient, object award)
    cdef list encoded(self, list values)
    cpdef bint plain(self, list values)
    cdef object _moment(self, object moment)
    cdef bint _moments(self, tuple parts, object begins, list values)
    @cython.locals(at=Py_ssize_t)
    cdef bint _texts(self, tuple parts, list values)
    @cython.locals(at=Py_ssize_t, number=Py_ssize_t, expected=bytes, found=tuple)
    cdef bint _pieces(self, object pieces, list values)
    @cython.locals(number=Py_ssize_t, expected=tuple, found=tuple)
    cdef bint _scores(self, object results, list values)
    @cython.locals(number=Py_ssize_t, expected=tuple, members=dict, kind=int)
    cdef bint _status(self, object entry, list values)
