# The types of `apart.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memchr

cdef object OF_THE_KEY
cdef str _CONTEXT

@cython.locals(key=list, texts=list)
cpdef object take_apart(object document, Py_ssize_t most)
@cython.locals(found=list)
cpdef list bare_values(dict document, object passed_over)

cpdef bint is_usual_text(bytes content) except -1

cdef inline bint usual_escapes(bytes text) except -1:
    if text is None:
        raise TypeError("a text")
    cdef const unsigned char *place = <const unsigned char *>PyBytes_AS_STRING(text)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(text)
    cdef const unsigned char *end = place + size
    cdef Py_ssize_t at
    cdef unsigned char controls = 0
    for at in range(size):  # all of it, so that the compiler may take many at once
        controls |= place[at] < 32
    if controls:
        return False
    while True:
        place = <const unsigned char *>memchr(place, 92, end - place)
        if place == NULL:
            return True
        if end - place < 2 or (place[1] != 110 and place[1] != 114 and place[1] != 116):
            return False
        place += 2

@cython.locals(name=object, member=object, kind=object)
cdef bint _object(dict value, list key, list texts, Py_ssize_t left) except -1
@cython.locals(member=object, kind=object)
cdef bint _array(list value, bint of_the_key, list key, list texts, Py_ssize_t left) except -1
cdef bytes _scalar(object value)
cdef object _collect(object value, object passed_over, list found)
