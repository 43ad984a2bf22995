# The types of `ed25519_kernel.py` for its compiled form, and in the place of `native.py` what that form does (tools/accelerate.py).
# Python does not read this file.
#
# Every text and signature is held by a list of our own while its bytes are read, also where other threads run.

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

cdef extern from *:
    """
    #include <stddef.h>
    typedef int (*testamur_ed25519)(unsigned char *, unsigned long long *, const unsigned char *, unsigned long long, const unsigned char *);
    static testamur_ed25519 testamur_sign;
    static testamur_ed25519 testamur_open;
    static int testamur_find_libsodium(size_t sign, size_t open) {
        testamur_sign = (testamur_ed25519)sign;
        testamur_open = (testamur_ed25519)open;
        return sign != 0 && open != 0;
    }
    """
    bint testamur_find_libsodium(size_t sign, size_t open)
    int testamur_sign(unsigned char *out, unsigned long long *written, const unsigned char *text, unsigned long long size,
                      const unsigned char *key) nogil
    int testamur_open(unsigned char *out, unsigned long long *written, const unsigned char *text, unsigned long long size,
                      const unsigned char *key) nogil

cdef inline bint found_libsodium(size_t sign, size_t opened) except -1:
    return testamur_find_libsodium(sign, opened)

cdef extern from *:
    """
    /* Without counting references, so that they may be used where other threads run: the list holds what it holds. */
    #define testamur_start(list, at) PyBytes_AS_STRING(PyList_GET_ITEM(list, at))
    #define testamur_size(list, at) PyBytes_GET_SIZE(PyList_GET_ITEM(list, at))
    """
    char *_start "testamur_start"(list items, Py_ssize_t at) nogil
    Py_ssize_t _size "testamur_size"(list items, Py_ssize_t at) nogil

cdef inline list _held(list texts):
    return [text if PyBytes_CheckExact(text) else bytes(memoryview(text)) for text in texts]

cdef inline Py_ssize_t _longest(list held) noexcept:
    cdef Py_ssize_t longest = 0
    cdef Py_ssize_t at
    for at in range(PyList_GET_SIZE(held)):
        longest = max(longest, _size(held, at))
    return longest

cdef inline list signatures(bytes secret, list texts):
    cdef list held = _held(texts)
    cdef Py_ssize_t longest = _longest(held)
    cdef list made = [PyBytes_FromStringAndSize(NULL, 64) for _ in held]
    cdef unsigned long long written
    cdef const unsigned char *text
    cdef unsigned char *signature
    cdef const unsigned char *key = <const unsigned char *>PyBytes_AS_STRING(secret)
    cdef Py_ssize_t size, at
    cdef Py_ssize_t count = PyList_GET_SIZE(held)
    cdef int refused = 0
    cdef unsigned char *room = <unsigned char *>malloc(longest + 64)
    if room == NULL:
        raise MemoryError
    with nogil:
        for at in range(count):
            text = <const unsigned char *>_start(held, at)
            size = _size(held, at)
            signature = <unsigned char *>_start(made, at)
            refused |= testamur_sign(room, &written, text, size, key)
            memcpy(signature, room, 64)
    free(room)
    if refused:
        raise RuntimeError("libsodium could not sign")
    return made

cdef inline bytes signature_of(bytes secret, bytes text):
    if text is None:
        raise TypeError("bytes")
    cdef Py_ssize_t size = PyBytes_GET_SIZE(text)
    cdef unsigned long long written
    cdef int refused
    cdef bytes made
    cdef const unsigned char *key = <const unsigned char *>PyBytes_AS_STRING(secret)
    cdef const unsigned char *start = <const unsigned char *>PyBytes_AS_STRING(text)
    cdef unsigned char *room = <unsigned char *>malloc(size + 64)
    if room == NULL:
        raise MemoryError
    with nogil:
        refused = testamur_sign(room, &written, start, size, key)
    try:
        if refused:
            raise RuntimeError("libsodium could not sign")
        made = PyBytes_FromStringAndSize(<char *>room, 64)
    finally:
        free(room)
    return made

cdef inline list accepted(bytes public, list signed, list texts):
    cdef list held = _held(texts)
    cdef list proofs = _held(signed)
    cdef Py_ssize_t longest = _longest(held)
    cdef Py_ssize_t count = PyList_GET_SIZE(held)
    cdef unsigned long long written
    cdef const unsigned char *key = <const unsigned char *>PyBytes_AS_STRING(public)
    cdef Py_ssize_t size, at
    cdef unsigned char *room
    cdef bytes verdicts = PyBytes_FromStringAndSize(NULL, count)
    cdef char *verdict = PyBytes_AS_STRING(verdicts)
    if PyList_GET_SIZE(proofs) != count:
        raise ValueError("a text for each signature")
    room = <unsigned char *>malloc(2 * (longest + 64))
    if room == NULL:
        raise MemoryError
    with nogil:
        for at in range(count):
            verdict[at] = 0
            if _size(proofs, at) == 64:
                size = _size(held, at)
                memcpy(room, _start(proofs, at), 64)
                memcpy(room + 64, _start(held, at), size)
                verdict[at] = testamur_open(room + longest + 64, &written, room, size + 64, key) == 0
    free(room)
    return [verdict[at] == 1 for at in range(count)]

cdef inline bint accepted_one(bytes public, bytes signature, bytes text) except -1:
    if text is None:
        raise TypeError("bytes")
    cdef Py_ssize_t size = PyBytes_GET_SIZE(text)
    cdef unsigned long long written
    cdef int refused
    cdef const unsigned char *key = <const unsigned char *>PyBytes_AS_STRING(public)
    cdef unsigned char *room = <unsigned char *>malloc(2 * (size + 64))
    if room == NULL:
        raise MemoryError
    memcpy(room, PyBytes_AS_STRING(signature), 64)
    memcpy(room + 64, PyBytes_AS_STRING(text), size)
    with nogil:
        refused = testamur_open(room + size + 64, &written, room, size + 64, key)
    free(room)
    return refused == 0

cpdef bytes sign(bytes secret, bytes text)
cpdef list sign_many(bytes secret, list texts)
cpdef list certainly_true_many(bytes public, list signed, list texts)
cpdef bint certainly_true(bytes public, bytes signature, bytes text) except -1
