# The types of `p256_kernel.py` for its compiled form, and in the place of `native_p256.py` what that form does (tools/accelerate.py).
# Python does not read this file.
#
# Every text and signature is held by a list of our own while its bytes are read, also where other threads run.

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New
from libc.stdlib cimport calloc, free

cdef extern from *:
    """
    #include <stddef.h>
    #include <string.h>
    #ifndef _WIN32
    #include <dlfcn.h>
    #endif
    static void *(*testamur_d2i)(void **, const unsigned char **, long);
    static void (*testamur_key_free)(void *);
    static void *(*testamur_context)(void *, void *);
    static void (*testamur_context_free)(void *);
    static int (*testamur_begin_verify)(void *);
    static int (*testamur_verify)(void *, const unsigned char *, size_t, const unsigned char *, size_t);
    static unsigned char *(*testamur_sha256)(const unsigned char *, size_t, unsigned char *);
    static void (*testamur_clear_errors)(void);

    static int testamur_find_p256(const char *path) {
    #ifdef _WIN32
        return 0;
    #else
        /* Only what is loaded already: the handle looks through what that was linked with, too. */
        void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
        if (library == NULL) return 0;
        *(void **)(&testamur_d2i) = dlsym(library, "d2i_PUBKEY");
        *(void **)(&testamur_key_free) = dlsym(library, "EVP_PKEY_free");
        *(void **)(&testamur_context) = dlsym(library, "EVP_PKEY_CTX_new");
        *(void **)(&testamur_context_free) = dlsym(library, "EVP_PKEY_CTX_free");
        *(void **)(&testamur_begin_verify) = dlsym(library, "EVP_PKEY_verify_init");
        *(void **)(&testamur_verify) = dlsym(library, "EVP_PKEY_verify");
        *(void **)(&testamur_sha256) = dlsym(library, "SHA256");
        *(void **)(&testamur_clear_errors) = dlsym(library, "ERR_clear_error");
        return testamur_d2i && testamur_key_free && testamur_context && testamur_context_free && testamur_begin_verify && testamur_verify
            && testamur_sha256 && testamur_clear_errors;
    #endif
    }

    /* A key, and what is asked with it; NULL where the key is none. What is asked with serves one thread at a time. */
    typedef struct { void *key, *context; } testamur_p256;

    static void *testamur_begin(void *key) {
        void *context = key == NULL ? NULL : testamur_context(key, NULL);
        if (context != NULL && testamur_begin_verify(context) <= 0) {
            testamur_context_free(context);
            context = NULL;
        }
        if (context == NULL) testamur_clear_errors();
        return context;
    }

    static void testamur_read_p256(testamur_p256 *held, const unsigned char *info, size_t size) {
        held->key = testamur_d2i(NULL, &info, (long)size);
        if (held->key == NULL) testamur_clear_errors();
    }

    static void testamur_free_p256(testamur_p256 *held) {
        if (held->context != NULL) testamur_context_free(held->context);
        if (held->key != NULL) testamur_key_free(held->key);
    }

    /* Both where nobody else does the same: with the interpreter's lock. */
    static void *testamur_take(testamur_p256 *held) {
        void *context = held->context;
        held->context = NULL;
        return context != NULL ? context : testamur_begin(held->key);
    }

    static void testamur_give_back(testamur_p256 *held, void *context) {
        if (held->context == NULL) held->context = context;
        else if (context != NULL) testamur_context_free(context);
    }

    /* 32 bytes as a DER INTEGER: at most 35. */
    static size_t testamur_integer(const unsigned char *from, unsigned char *to) {
        size_t size = 32, zero;
        while (size > 1 && *from == 0) { from++; size--; }
        zero = *from >= 0x80;
        to[0] = 2;
        to[1] = (unsigned char)(size + zero);
        to[2] = 0;
        memcpy(to + 2 + zero, from, size);
        return 2 + zero + size;
    }

    static int testamur_takes(void *context, const unsigned char *signature, const unsigned char *text, size_t size) {
        unsigned char digest[32], sequence[72];
        size_t length = testamur_integer(signature, sequence + 2);
        length += testamur_integer(signature + 32, sequence + 2 + length);
        sequence[0] = 0x30;
        sequence[1] = (unsigned char)length;
        testamur_sha256(text, size, digest);
        if (testamur_verify(context, sequence, length + 2, digest, 32) == 1) return 1;
        testamur_clear_errors(); /* why it was refused is of interest to nobody */
        return 0;
    }

    /* Without counting references, so that they may be used where other threads run: the list holds what it holds. */
    #define testamur_start(list, at) PyBytes_AS_STRING(PyList_GET_ITEM(list, at))
    #define testamur_size(list, at) PyBytes_GET_SIZE(PyList_GET_ITEM(list, at))
    """
    bint testamur_find_p256(const char *path)
    ctypedef struct testamur_p256:
        pass
    void testamur_read_p256(testamur_p256 *held, const unsigned char *info, size_t size)
    void testamur_free_p256(testamur_p256 *held)
    void *testamur_take(testamur_p256 *held)
    void testamur_give_back(testamur_p256 *held, void *context)
    bint testamur_takes(void *context, const unsigned char *signature, const unsigned char *text, size_t size) nogil
    char *_start "testamur_start"(list items, Py_ssize_t at) nogil
    Py_ssize_t _size "testamur_size"(list items, Py_ssize_t at) nogil

cdef inline bint found_p256(bytes path) except -1:
    return testamur_find_p256(path)

cdef inline list _held(list texts):
    return [text if PyBytes_CheckExact(text) else bytes(memoryview(text)) for text in texts]

cdef inline void _let_go(object capsule) noexcept:
    cdef testamur_p256 *held = <testamur_p256 *>PyCapsule_GetPointer(capsule, "testamur.p256")
    testamur_free_p256(held)
    free(held)

cdef inline object held_p256(bytes info):
    cdef object capsule
    cdef testamur_p256 *held = <testamur_p256 *>calloc(1, sizeof(testamur_p256))
    if held == NULL:
        raise MemoryError
    capsule = PyCapsule_New(held, "testamur.p256", _let_go)
    testamur_read_p256(held, <const unsigned char *>PyBytes_AS_STRING(info), PyBytes_GET_SIZE(info))
    return capsule

cdef inline bint accepted_one_p256(object key, bytes signature, bytes text) except -1:
    if text is None:
        raise TypeError("bytes")
    cdef testamur_p256 *held = <testamur_p256 *>PyCapsule_GetPointer(key, "testamur.p256")
    cdef const unsigned char *start = <const unsigned char *>PyBytes_AS_STRING(text)
    cdef const unsigned char *proof = <const unsigned char *>PyBytes_AS_STRING(signature)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(text)
    cdef void *context = testamur_take(held)
    cdef bint taken = False
    if context != NULL:
        with nogil:
            taken = testamur_takes(context, proof, start, size)
        testamur_give_back(held, context)
    return taken

cdef inline list accepted_p256(object key, list signed, list texts):
    cdef list texts_held = _held(texts)
    cdef list proofs = _held(signed)
    cdef Py_ssize_t count = PyList_GET_SIZE(texts_held)
    cdef Py_ssize_t at
    cdef testamur_p256 *held = <testamur_p256 *>PyCapsule_GetPointer(key, "testamur.p256")
    cdef bytes verdicts = PyBytes_FromStringAndSize(NULL, count)
    cdef char *verdict = PyBytes_AS_STRING(verdicts)
    cdef void *context
    if PyList_GET_SIZE(proofs) != count:
        raise ValueError("a text for each signature")
    context = testamur_take(held)
    with nogil:
        for at in range(count):
            verdict[at] = 0
            if context != NULL and _size(proofs, at) == 64:
                verdict[at] = testamur_takes(context, <const unsigned char *>_start(proofs, at),
                                             <const unsigned char *>_start(texts_held, at), _size(texts_held, at))
    testamur_give_back(held, context)
    return [verdict[at] == 1 for at in range(count)]

cdef bytes _POINT, _KEY, _SIGNATURE

cpdef object held(bytes public)
cpdef bint certainly_true(object key, bytes signature, bytes text) except -1
cpdef list certainly_true_many(object key, list signed, list texts)
cdef bint _works() except -1
