# The compiled form of `native.py` (tools/accelerate.py puts it into every kernel that asks for it). Python does not read this file.
#
# Every pointer is into an object that is held meanwhile, and goes no further than that object's length; no Python code runs between
# measuring and writing.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE, PyList_New, PyList_SET_ITEM
from cpython.unicode cimport PyUnicode_AsUTF8String, PyUnicode_CheckExact, PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.stdint cimport int32_t
from libc.string cimport memchr, memcmp, memcpy

cdef extern from *:
    """
    #include <stddef.h>
    #include <string.h>
    #include <datetime.h>
    #include <structmember.h>
    #ifndef _WIN32
    #include <dlfcn.h>
    #endif
    #if defined(__GNUC__) && defined(__x86_64__)
    #include <immintrin.h>
    #define TESTAMUR_AVX2
    #endif
    /* More than twice what libcrypto's SHA256_CTX has needed in all its versions (112 bytes). */
    typedef struct { unsigned long long room[32]; } testamur_sha256_state;
    static int (*testamur_sha256_init)(void *);
    static int (*testamur_sha256_update)(void *, const void *, size_t);
    static int (*testamur_sha256_final)(unsigned char *, void *);

    static int testamur_find_sha256(const char *path) {
    #ifdef _WIN32
        return 0;
    #else
        /* Only what is loaded already: the handle looks through what that was linked with, too. */
        void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
        if (library == NULL) return 0;
        *(void **)(&testamur_sha256_init) = dlsym(library, "SHA256_Init");
        *(void **)(&testamur_sha256_update) = dlsym(library, "SHA256_Update");
        *(void **)(&testamur_sha256_final) = dlsym(library, "SHA256_Final");
        return testamur_sha256_init != NULL && testamur_sha256_update != NULL && testamur_sha256_final != NULL;
    #endif
    }

    static void testamur_sha256_begin(testamur_sha256_state *state, const char *text, size_t size) {
        memset(state, 0, sizeof(*state));
        testamur_sha256_init(state);
        testamur_sha256_update(state, text, size);
    }

    static void testamur_sha256_end(testamur_sha256_state *state, const char *text, size_t size, char *digest) {
        testamur_sha256_update(state, text, size);
        testamur_sha256_final((unsigned char *)digest, state);
    }

    static int testamur_found_dates(void) {
        PyDateTime_IMPORT;
        return PyDateTimeAPI != NULL;
    }

    static void testamur_digits(char *to, int number, int places) {
        while (places-- > 0) {
            to[places] = (char)('0' + number % 10);
            number /= 10;
        }
    }

    /* Is it a moment in UTC in a year of four digits? Then it is written: 20 bytes. */
    static int testamur_utc(PyObject *moment, char *to) {
        if (PyDateTimeAPI == NULL || !PyDateTime_CheckExact(moment)) return 0;
        if (PyDateTime_DATE_GET_TZINFO(moment) != PyDateTime_TimeZone_UTC) return 0;
        if (PyDateTime_GET_YEAR(moment) < 1000) return 0;
        memcpy(to, "0000-00-00T00:00:00Z", 20);
        testamur_digits(to, PyDateTime_GET_YEAR(moment), 4);
        testamur_digits(to + 5, PyDateTime_GET_MONTH(moment), 2);
        testamur_digits(to + 8, PyDateTime_GET_DAY(moment), 2);
        testamur_digits(to + 11, PyDateTime_DATE_GET_HOUR(moment), 2);
        testamur_digits(to + 14, PyDateTime_DATE_GET_MINUTE(moment), 2);
        testamur_digits(to + 17, PyDateTime_DATE_GET_SECOND(moment), 2);
        return 1;
    }

    /* Where the attribute that a class keeps in a slot lies in its objects; 0 where that is not certain. */
    static Py_ssize_t testamur_slot(PyObject *kind, PyObject *member) {
        PyMemberDef *slot;
        if (!PyType_Check(kind) || ((PyTypeObject *)kind)->tp_getattro != PyObject_GenericGetAttr) return 0;
        if (Py_TYPE(member) != &PyMemberDescr_Type) return 0;
        slot = ((PyMemberDescrObject *)member)->d_member;
        return slot->type == T_OBJECT_EX && slot->offset > 0 ? slot->offset : 0;
    }
    #define testamur_at(object, offset) (*(PyObject **)((char *)(object) + (offset)))

    /* `one`, and a `>` behind it, beside a text: less than 0 where it stands before that, more where behind. With `both` that has one, too. */
    static int testamur_beside(const char *one, size_t size, const char *other, size_t other_size, int both) {
        size_t least = size < other_size ? size : other_size;
        int order = memcmp(one, other, least);
        if (order != 0) return order;
        if (size == other_size) return both ? 0 : 1;
        if (size > other_size) return both ? (unsigned char)one[least] - '>' : 1;
        order = '>' - (unsigned char)other[least];
        if (order != 0) return order;
        return both || other_size > size + 1 ? -1 : 0;
    }

    /* Are all bytes of `_HARMLESS`? Sixteen at a time; the last of a text are looked at twice, a short one is filled up. */
    #define TESTAMUR_HARMFUL(byte) (((byte) < 0x20) | ((byte) == 0x22) | ((byte) == 0x5C) | ((byte) == 0x7F) | ((byte) >= 0xEF))
    static int testamur_harmless(const unsigned char *text, size_t size) {
        size_t at = 0;
    #ifdef __GNUC__
        typedef unsigned char testamur_bytes __attribute__((vector_size(16)));
        testamur_bytes some, seen = {0};
        unsigned long long halves[2];
        for (; at + 16 <= size; at += 16) {
            memcpy(&some, text + at, 16);
            seen |= (testamur_bytes)TESTAMUR_HARMFUL(some);
        }
        if (at < size) {
            memset(&some, 'a', 16);
            if (size < 16) memcpy(&some, text, size); else memcpy(&some, text + size - 16, 16);
            seen |= (testamur_bytes)TESTAMUR_HARMFUL(some);
        }
        memcpy(halves, &seen, 16);
        return (halves[0] | halves[1]) == 0;
    #else
        int seen = 0;
        for (; at < size; at++) seen |= TESTAMUR_HARMFUL(text[at]);
        return !seen;
    #endif
    }

    /* The address in small letters and the salt behind it are hashed; 0 where the address has blanks at its ends, or both are too long. */
    static int testamur_hash_address(const char *email, size_t size, const char *salt, size_t salt_size, char *digest) {
        testamur_sha256_state state;
        char text[1024];
        size_t at;
        if (size + salt_size > sizeof(text) || (size > 0 && (email[0] <= 32 || email[size - 1] <= 32))) return 0;
        for (at = 0; at < size; at++) text[at] = (char)(email[at] + (email[at] >= 'A' && email[at] <= 'Z' ? 32 : 0));
        memcpy(text + size, salt, salt_size);
        testamur_sha256_begin(&state, text, size + salt_size);
        testamur_sha256_end(&state, NULL, 0, digest);
        return 1;
    }

    /* Base64url: two characters for each twelve bits; and for each place in a group of four the bits that a character stands for. */
    static char testamur_pairs[4096][2];
    static unsigned int testamur_bits[4][256];
    #define TESTAMUR_FOREIGN 0x80000000u
    #ifdef TESTAMUR_AVX2
    static int testamur_has_avx2; /* has this processor what is compiled for it below? */
    #endif

    static void testamur_base64_begin(void) {
        static const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        unsigned int at, place;
    #ifdef TESTAMUR_AVX2
        __builtin_cpu_init();
        testamur_has_avx2 = __builtin_cpu_supports("avx2") != 0;
    #endif
        for (at = 0; at < 4096; at++) {
            testamur_pairs[at][0] = alphabet[at >> 6];
            testamur_pairs[at][1] = alphabet[at & 63];
        }
        for (place = 0; place < 4; place++) {
            for (at = 0; at < 256; at++) testamur_bits[place][at] = TESTAMUR_FOREIGN;
            for (at = 0; at < 64; at++) testamur_bits[place][(unsigned char)alphabet[at]] = at << (18 - 6 * place);
        }
    }

    #ifdef TESTAMUR_AVX2
    /* Base64url of 24 bytes, 32 characters, at a time, as far as that goes without a step beyond the end; how much was read is returned.
       After W. Mula and D. Lemire, Faster Base64 Encoding and Decoding using AVX2 Instructions (2018). */
    __attribute__((target("avx2")))
    static size_t testamur_base64_write_many(const unsigned char *from, size_t size, char *to) {
        const __m256i spread = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10,
                                                1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
        /* What is added to a number to make its character, at 0 for a to z, 1 to 10 for figures, 11 for -, 12 for _, 13 for A to Z. */
        const __m256i added = _mm256_setr_epi8(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -17, 32, 65, 0, 0,
                                               71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -17, 32, 65, 0, 0);
        __m256i some, kind;
        size_t done = 0;
        for (; size - done >= 28; done += 24, to += 32) {
            some = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(from + done))),
                                           _mm_loadu_si128((const __m128i *)(from + done + 12)), 1);
            some = _mm256_shuffle_epi8(some, spread);
            some = _mm256_or_si256(
                _mm256_mulhi_epu16(_mm256_and_si256(some, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040)),
                _mm256_mullo_epi16(_mm256_and_si256(some, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010)));
            kind = _mm256_or_si256(_mm256_subs_epu8(some, _mm256_set1_epi8(51)),
                                   _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(26), some), _mm256_set1_epi8(13)));
            _mm256_storeu_si256((__m256i *)to, _mm256_add_epi8(some, _mm256_shuffle_epi8(added, kind)));
        }
        return done;
    }

    __attribute__((target("avx2")))
    static __m256i testamur_from_to(__m256i some, char first, char last) {
        return _mm256_and_si256(_mm256_cmpgt_epi8(some, _mm256_set1_epi8(first - 1)),
                                _mm256_cmpgt_epi8(_mm256_set1_epi8(last + 1), some));
    }

    /* Writes eight bytes more than it read; `foreign` where a character is not of the alphabet. */
    __attribute__((target("avx2")))
    static size_t testamur_base64_read_many(const unsigned char *from, size_t size, unsigned char *to, int *foreign) {
        const __m256i packed = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
                                                2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
        __m256i some, large, small, figure, dash, line, known = _mm256_set1_epi8(-1);
        size_t done = 0;
        for (; size - done >= 44; done += 32, to += 24) {
            some = _mm256_loadu_si256((const __m256i *)(from + done));
            large = testamur_from_to(some, 'A', 'Z');
            small = testamur_from_to(some, 'a', 'z');
            figure = testamur_from_to(some, '0', '9');
            dash = _mm256_cmpeq_epi8(some, _mm256_set1_epi8('-'));
            line = _mm256_cmpeq_epi8(some, _mm256_set1_epi8('_'));
            known = _mm256_and_si256(known, _mm256_or_si256(_mm256_or_si256(large, small),
                                                            _mm256_or_si256(figure, _mm256_or_si256(dash, line))));
            large = _mm256_or_si256(_mm256_and_si256(large, _mm256_set1_epi8(-65)), _mm256_and_si256(small, _mm256_set1_epi8(-71)));
            dash = _mm256_or_si256(_mm256_and_si256(dash, _mm256_set1_epi8(17)), _mm256_and_si256(line, _mm256_set1_epi8(-32)));
            figure = _mm256_and_si256(figure, _mm256_set1_epi8(4));
            some = _mm256_add_epi8(some, _mm256_or_si256(large, _mm256_or_si256(figure, dash)));
            some = _mm256_madd_epi16(_mm256_maddubs_epi16(some, _mm256_set1_epi32(0x01400140)), _mm256_set1_epi32(0x00011000));
            some = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(some, packed), _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
            _mm256_storeu_si256((__m256i *)to, some);
        }
        *foreign = _mm256_movemask_epi8(known) != -1;
        return done;
    }
    #endif

    /* Writes size / 3 * 4 characters, and one more than there are bytes left over. */
    static void testamur_base64_write(const unsigned char *from, size_t size, char *to) {
        unsigned int group;
    #ifdef TESTAMUR_AVX2
        if (size >= 64 && testamur_has_avx2) {
            size_t done = testamur_base64_write_many(from, size, to);
            from += done;
            to += done / 3 * 4;
            size -= done;
        }
    #endif
        for (; size >= 3; size -= 3, from += 3, to += 4) {
            group = (unsigned int)from[0] << 16 | (unsigned int)from[1] << 8 | from[2];
            memcpy(to, testamur_pairs[group >> 12], 2);
            memcpy(to + 2, testamur_pairs[group & 4095], 2);
        }
        if (size > 0) {
            group = (unsigned int)from[0] << 16 | (size > 1 ? (unsigned int)from[1] << 8 : 0);
            memcpy(to, testamur_pairs[group >> 12], 2);
            if (size > 1) to[2] = testamur_pairs[group & 4095][0];
        }
    }

    /* Is it what the other writes? Then the bytes are written: size / 4 * 3, and one less than there are characters left over. */
    static int testamur_base64_read(const unsigned char *from, size_t size, unsigned char *to) {
        unsigned int group, seen = 0;
    #ifdef TESTAMUR_AVX2
        if (size >= 64 && testamur_has_avx2) {
            int foreign;
            size_t done = testamur_base64_read_many(from, size, to, &foreign);
            if (foreign) return 0;
            from += done;
            to += done / 4 * 3;
            size -= done;
        }
    #endif
        for (; size >= 4; size -= 4, from += 4, to += 3) {
            group = testamur_bits[0][from[0]] | testamur_bits[1][from[1]] | testamur_bits[2][from[2]] | testamur_bits[3][from[3]];
            seen |= group;
            to[0] = (unsigned char)(group >> 16);
            to[1] = (unsigned char)(group >> 8);
            to[2] = (unsigned char)group;
        }
        if (size == 1) return 0;
        if (size > 1) {
            group = testamur_bits[0][from[0]] | testamur_bits[1][from[1]] | (size > 2 ? testamur_bits[2][from[2]] : 0);
            seen |= group;
            if (group & (size > 2 ? 0xFFu : 0xFFFFu)) return 0; /* the last character may say nothing beyond the last byte */
            to[0] = (unsigned char)(group >> 16);
            if (size > 2) to[1] = (unsigned char)(group >> 8);
        }
        return (seen & TESTAMUR_FOREIGN) == 0;
    }
    """
    bint testamur_harmless(const unsigned char *text, size_t size)
    bint testamur_hash_address(const char *email, size_t size, const char *salt, size_t salt_size, char *digest)
    void testamur_base64_begin()
    void testamur_base64_write(const unsigned char *source, size_t size, char *to)
    bint testamur_base64_read(const unsigned char *source, size_t size, unsigned char *to)
    bint PyUnicode_IS_COMPACT_ASCII(object text)
    Py_ssize_t testamur_slot(object kind, object member)
    PyObject *testamur_at(object node, Py_ssize_t offset)
    int testamur_beside(const char *one, size_t size, const char *other, size_t other_size, bint both)
    bint testamur_found_dates() except *
    bint testamur_utc(object moment, char *to)
    ctypedef struct testamur_sha256_state:
        pass
    bint testamur_find_sha256(const char *path)
    void testamur_sha256_begin(testamur_sha256_state *state, const char *text, size_t size)
    void testamur_sha256_end(testamur_sha256_state *state, const char *text, size_t size, char *digest)

cdef inline bytes sha256(bytes text):
    cdef testamur_sha256_state state
    cdef bytes digest = PyBytes_FromStringAndSize(NULL, 32)
    if text is None:
        raise TypeError("bytes")
    testamur_sha256_begin(&state, PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text))
    testamur_sha256_end(&state, NULL, 0, PyBytes_AS_STRING(digest))
    return digest

cdef inline bytes state_after(bytes head):
    cdef testamur_sha256_state state
    if head is None:
        raise TypeError("bytes")
    testamur_sha256_begin(&state, PyBytes_AS_STRING(head), PyBytes_GET_SIZE(head))
    return PyBytes_FromStringAndSize(<char *>&state, sizeof(state))

cdef inline bytes digest_after(object begun, bytes rest):
    cdef testamur_sha256_state state
    cdef bytes digest = PyBytes_FromStringAndSize(NULL, 32)
    if rest is None or not PyBytes_CheckExact(begun) or PyBytes_GET_SIZE(begun) != <Py_ssize_t>sizeof(state):
        raise TypeError("bytes")
    memcpy(&state, PyBytes_AS_STRING(begun), sizeof(state))
    testamur_sha256_end(&state, PyBytes_AS_STRING(rest), PyBytes_GET_SIZE(rest), PyBytes_AS_STRING(digest))
    return digest

cdef inline bytes digest_behind(object begun, const char *text, Py_ssize_t size):
    cdef testamur_sha256_state state
    cdef bytes digest = PyBytes_FromStringAndSize(NULL, 32)
    if not PyBytes_CheckExact(begun) or PyBytes_GET_SIZE(begun) != <Py_ssize_t>sizeof(state):
        raise TypeError("bytes")
    memcpy(&state, PyBytes_AS_STRING(begun), sizeof(state))
    testamur_sha256_end(&state, text, size, PyBytes_AS_STRING(digest))
    return digest

cdef inline bint found_sha256() except -1:
    import hashlib
    import sys
    # Where `hashlib` has SHA-256 from: what that is linked with is libcrypto, if any.
    cdef object path = getattr(sys.modules.get("_hashlib"), "__file__", None)
    cdef bytes text, other
    if type(path) is not str or not testamur_find_sha256(path.encode()):
        return False
    texts = [bytes(range(size)) for size in (0, 1, 55, 56, 64, 200)]
    for text in texts:
        if sha256(text) != hashlib.sha256(text).digest():
            return False
        for other in texts:
            if digest_after(state_after(text), other) != hashlib.sha256(text + other).digest():
                return False
    return True

# A template's text is all its parts in one (`pool`). Its cuts are, for each hole, the length of the part before it and the number of
# what fills it; what is left of the pool stands behind the last.

cdef inline bytes cuts_of(list parts, list numbers):
    cdef Py_ssize_t at
    if len(parts) != len(numbers) + 1:
        raise ValueError("one part more than holes")
    cdef bytes cuts = PyBytes_FromStringAndSize(NULL, 2 * len(numbers) * sizeof(int32_t))
    cdef int32_t *cut = <int32_t *>PyBytes_AS_STRING(cuts)
    for at in range(len(numbers)):
        if numbers[at] < 0:
            raise ValueError("a number")
        if len(<bytes?>parts[at]) > 0x7FFFFFFF:
            raise OverflowError("a part")
        cut[2 * at] = <int32_t>len(parts[at])
        cut[2 * at + 1] = numbers[at]  # OverflowError
    return cuts

cdef inline Py_ssize_t filled_size(bytes pool, bytes cuts, list filling) except -1:
    if pool is None or cuts is None or filling is None:  # as in a template that was never made
        raise TypeError("a template, and what fills it")
    cdef Py_ssize_t size = PyBytes_GET_SIZE(pool)
    cdef Py_ssize_t holes = PyBytes_GET_SIZE(cuts) // (2 * <Py_ssize_t>sizeof(int32_t))
    cdef Py_ssize_t count = PyList_GET_SIZE(filling)
    cdef const int32_t *cut = <const int32_t *>PyBytes_AS_STRING(cuts)
    cdef Py_ssize_t at
    cdef object value
    for at in range(holes):
        if cut[2 * at + 1] >= count:
            raise IndexError("too few values")
        value = <object>PyList_GET_ITEM(filling, cut[2 * at + 1])
        if not PyBytes_CheckExact(value):
            raise TypeError("bytes")
        size += PyBytes_GET_SIZE(value)
    return size

cdef inline char *written(char *to, bytes pool, bytes cuts, list filling) noexcept:
    # Only after `filled_size` for the same.
    cdef Py_ssize_t holes = PyBytes_GET_SIZE(cuts) // (2 * <Py_ssize_t>sizeof(int32_t))
    cdef const int32_t *cut = <const int32_t *>PyBytes_AS_STRING(cuts)
    cdef const char *source = PyBytes_AS_STRING(pool)
    cdef const char *end = source + PyBytes_GET_SIZE(pool)
    cdef Py_ssize_t at, size
    for at in range(holes):
        memcpy(to, source, cut[2 * at])
        to += cut[2 * at]
        source += cut[2 * at]
        size = PyBytes_GET_SIZE(<object>PyList_GET_ITEM(filling, cut[2 * at + 1]))
        memcpy(to, PyBytes_AS_STRING(<object>PyList_GET_ITEM(filling, cut[2 * at + 1])), size)
        to += size
    memcpy(to, source, end - source)
    return to + (end - source)

cdef inline list values_in(bytes pool, bytes cuts, Py_ssize_t count, bytes text):
    if pool is None or cuts is None or text is None:
        raise TypeError("a template, and a text")
    cdef Py_ssize_t holes = PyBytes_GET_SIZE(cuts) // (2 * <Py_ssize_t>sizeof(int32_t))
    cdef const int32_t *cut = <const int32_t *>PyBytes_AS_STRING(cuts)
    cdef const char *source = PyBytes_AS_STRING(pool)
    cdef const char *source_end = source + PyBytes_GET_SIZE(pool)
    cdef const char *place = PyBytes_AS_STRING(text)
    cdef const char *end = place + PyBytes_GET_SIZE(text)
    cdef const char *stop
    cdef Py_ssize_t at, size
    cdef list values = [None] * count
    cdef object value
    for at in range(holes):
        size = cut[2 * at]
        if end - place < size or memcmp(place, source, size) != 0:
            return None
        place += size
        source += size
        value = values[cut[2 * at + 1]]
        if value is None:
            stop = <const char *>memchr(place, 34, end - place)
            if stop == NULL:
                return None
            values[cut[2 * at + 1]] = PyBytes_FromStringAndSize(place, stop - place)
            place = stop
        else:
            size = PyBytes_GET_SIZE(value)
            if end - place < size or memcmp(place, PyBytes_AS_STRING(value), size) != 0:
                return None
            place += size
    if end - place != source_end - source or memcmp(place, source, end - place) != 0:
        return None
    return values

cdef inline bytes in_rank(list digests, bytes nodes):
    cdef Py_ssize_t count = PyList_GET_SIZE(digests)
    cdef Py_ssize_t places[64]
    cdef const char *texts[64]
    cdef Py_ssize_t at, before, size
    cdef int order
    cdef const char *text
    cdef bytes ranked
    if count != PyBytes_GET_SIZE(nodes) or count > 64:
        raise ValueError("a node for each digest, and at most 64")
    size = len(<bytes?>digests[0]) if count else 0
    for at in range(count):
        if not PyBytes_CheckExact(<object>PyList_GET_ITEM(digests, at)) or len(<bytes>PyList_GET_ITEM(digests, at)) != size:
            raise TypeError("bytes of one length")
        text = PyBytes_AS_STRING(<object>PyList_GET_ITEM(digests, at))
        before = at
        while before > 0:
            order = memcmp(texts[before - 1], text, size)
            if order == 0:
                return None
            if order < 0:
                break
            texts[before] = texts[before - 1]
            places[before] = places[before - 1]
            before -= 1
        texts[before] = text
        places[before] = at
    ranked = PyBytes_FromStringAndSize(NULL, count)
    for at in range(count):
        PyBytes_AS_STRING(ranked)[at] = PyBytes_AS_STRING(nodes)[places[at]]
    return ranked

cdef inline bint stands_between(bytes value, bytes lower, bytes upper, bytes before) except -1:
    if value is None or lower is None or upper is None:
        raise TypeError("bytes")
    cdef const char *text = PyBytes_AS_STRING(value)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(value)
    if testamur_beside(text, size, PyBytes_AS_STRING(lower), PyBytes_GET_SIZE(lower), False) <= 0:
        return False
    if testamur_beside(text, size, PyBytes_AS_STRING(upper), PyBytes_GET_SIZE(upper), False) >= 0:
        return False
    return before is None or testamur_beside(text, size, PyBytes_AS_STRING(before), PyBytes_GET_SIZE(before), True) > 0

# What goes into a text, and is looked at before. `allowed` has 256 bytes, 1 for a byte that may stand in it.

cdef inline bint made_of(bytes text, Py_ssize_t start, bytes allowed) except -1:
    if text is None or allowed is None or start < 0 or PyBytes_GET_SIZE(allowed) != 256:
        raise TypeError("bytes, and 256 of them that say what is allowed")
    cdef const unsigned char *place = <const unsigned char *>PyBytes_AS_STRING(text)
    cdef const unsigned char *table = <const unsigned char *>PyBytes_AS_STRING(allowed)
    cdef Py_ssize_t at
    cdef unsigned int well = 1
    for at in range(start, PyBytes_GET_SIZE(text)):
        well &= table[place[at]]
    return well

cdef inline list plain_values(list values, Py_ssize_t most):
    cdef list encoded
    cdef Py_ssize_t at, count
    cdef Py_ssize_t size = 0
    cdef object value
    cdef bytes text
    if values is None:
        raise TypeError("a list")
    count = PyList_GET_SIZE(values)
    encoded = [None] * count
    for at in range(count):
        value = <object>PyList_GET_ITEM(values, at)
        if PyUnicode_CheckExact(value):
            if PyUnicode_IS_COMPACT_ASCII(value):
                text = PyBytes_FromStringAndSize(<const char *>PyUnicode_DATA(value), PyUnicode_GET_LENGTH(value))
            else:
                try:
                    text = PyUnicode_AsUTF8String(value)
                except UnicodeEncodeError:
                    return None
        elif PyBytes_CheckExact(value):
            text = value
        else:
            return None
        size += PyBytes_GET_SIZE(text)
        if PyBytes_GET_SIZE(text) == 0 or size > most:
            return None
        if not testamur_harmless(<const unsigned char *>PyBytes_AS_STRING(text), PyBytes_GET_SIZE(text)):
            return None
        encoded[at] = text
    return encoded

cdef inline bint are_plain(list values, Py_ssize_t most) except -1:
    cdef const unsigned char *place
    cdef Py_ssize_t number, at
    cdef Py_ssize_t size = 0
    cdef unsigned int seen
    cdef bytes text
    if values is None:
        raise TypeError("a list")
    for number in range(PyList_GET_SIZE(values)):
        text = <bytes?>PyList_GET_ITEM(values, number)
        place = <const unsigned char *>PyBytes_AS_STRING(text)
        size += PyBytes_GET_SIZE(text)
        if size > most or not testamur_harmless(place, PyBytes_GET_SIZE(text)):
            return False
        seen = 0
        for at in range(PyBytes_GET_SIZE(text)):
            seen |= place[at]
        if seen >= 0x80:
            try:
                text.decode()
            except UnicodeDecodeError:
                return False
    return True

cdef inline bytes places_of(list places):
    cdef Py_ssize_t at
    cdef bytes packed = PyBytes_FromStringAndSize(NULL, len(places) * sizeof(int32_t))
    for at in range(len(places)):
        if places[at] < 0:
            raise ValueError("a place")
        (<int32_t *>PyBytes_AS_STRING(packed))[at] = places[at]  # OverflowError
    return packed

cdef inline list picked(list values, bytes places):
    cdef Py_ssize_t at, count
    cdef const int32_t *place
    cdef PyObject *value
    cdef list found
    if values is None or places is None:
        raise TypeError("a list, and places in it")
    count = PyBytes_GET_SIZE(places) // <Py_ssize_t>sizeof(int32_t)
    place = <const int32_t *>PyBytes_AS_STRING(places)
    for at in range(count):
        if place[at] >= PyList_GET_SIZE(values):
            raise IndexError("too few values")
    found = PyList_New(count)
    for at in range(count):
        value = PyList_GET_ITEM(values, place[at])
        Py_INCREF(<object>value)
        PyList_SET_ITEM(found, at, <object>value)
    return found

cdef inline bint is_trimmed(object text) except -1:
    cdef const char *place
    cdef Py_ssize_t size
    if not PyUnicode_CheckExact(text) or not PyUnicode_IS_COMPACT_ASCII(text):
        return False
    size = PyUnicode_GET_LENGTH(text)
    place = <const char *>PyUnicode_DATA(text)
    return size == 0 or (place[0] > 32 and place[size - 1] > 32)

cdef inline bint is_index(object text) except -1:
    cdef const char *place
    cdef Py_ssize_t size, at
    if not PyUnicode_CheckExact(text) or not PyUnicode_IS_COMPACT_ASCII(text):
        return False
    size = PyUnicode_GET_LENGTH(text)
    place = <const char *>PyUnicode_DATA(text)
    if size == 0 or size > 16 or (place[0] == 48 and size > 1):
        return False
    for at in range(size):
        if place[at] < 48 or place[at] > 57:
            return False
    return True

cdef inline bint found_dates() except -1:
    return testamur_found_dates()

cdef inline bytes utc_text(object moment):
    cdef char text[20]
    return PyBytes_FromStringAndSize(text, 20) if testamur_utc(moment, text) else None

cdef inline bint is_stamp(bytes text) except -1:
    cdef const char *form = "0000-00-00T00:00:00Z"
    cdef const char *place
    cdef int at
    if text is None:
        raise TypeError("bytes")
    if PyBytes_GET_SIZE(text) != 20:
        return False
    place = PyBytes_AS_STRING(text)
    for at in range(20):
        if (place[at] < 48 or place[at] > 57) if form[at] == 48 else place[at] != form[at]:
            return False
    return True

cdef inline bytes hashed_address(bytes before, object email, object salt):
    cdef char digest[32]
    cdef const char *figures = "0123456789abcdef"
    cdef Py_ssize_t size
    cdef bytes made
    cdef char *to
    cdef int at
    if before is None:
        raise TypeError("bytes")
    if not PyUnicode_CheckExact(email) or not PyUnicode_IS_COMPACT_ASCII(email):
        return None
    if not PyUnicode_CheckExact(salt) or not PyUnicode_IS_COMPACT_ASCII(salt):
        return None
    if not testamur_hash_address(<const char *>PyUnicode_DATA(email), PyUnicode_GET_LENGTH(email),
                                 <const char *>PyUnicode_DATA(salt), PyUnicode_GET_LENGTH(salt), digest):
        return None
    size = PyBytes_GET_SIZE(before)
    made = PyBytes_FromStringAndSize(NULL, size + 64)
    to = PyBytes_AS_STRING(made)
    memcpy(to, PyBytes_AS_STRING(before), size)
    for at in range(32):
        to[size + 2 * at] = figures[<unsigned char>digest[at] >> 4]
        to[size + 2 * at + 1] = figures[<unsigned char>digest[at] & 15]
    return made

# Base64url without padding, in the one spelling that is written here.

cdef inline bint begun_base64() except -1:
    testamur_base64_begin()
    return True

cdef inline bytes base64url_behind(bytes before, bytes data):
    if before is None or data is None:
        raise TypeError("bytes")
    cdef Py_ssize_t start = PyBytes_GET_SIZE(before)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(data)
    cdef Py_ssize_t left = size % 3
    cdef bytes text = PyBytes_FromStringAndSize(NULL, start + size // 3 * 4 + (left + 1 if left else 0))
    memcpy(PyBytes_AS_STRING(text), PyBytes_AS_STRING(before), start)
    testamur_base64_write(<const unsigned char *>PyBytes_AS_STRING(data), size, PyBytes_AS_STRING(text) + start)
    return text

cdef inline bytes base64url_between(bytes text, Py_ssize_t start, Py_ssize_t end):
    if text is None or start < 0 or end < start or end > PyBytes_GET_SIZE(text):
        raise TypeError("bytes, and where in them")
    cdef Py_ssize_t size = end - start
    cdef Py_ssize_t left = size % 4
    cdef bytes data = PyBytes_FromStringAndSize(NULL, size // 4 * 3 + (left - 1 if left else 0))
    cdef const unsigned char *place = <const unsigned char *>PyBytes_AS_STRING(text) + start
    return data if testamur_base64_read(place, size, <unsigned char *>PyBytes_AS_STRING(data)) else None

# Attributes out of the slots of an object whose class has been looked at before.

cdef inline bytes slots_of(object kind, tuple names):
    cdef bytes slots = PyBytes_FromStringAndSize(NULL, len(names) * sizeof(Py_ssize_t))
    cdef Py_ssize_t *slot = <Py_ssize_t *>PyBytes_AS_STRING(slots)
    cdef Py_ssize_t at
    for at in range(len(names)):
        slot[at] = testamur_slot(kind, getattr(kind, names[at], None))
        if slot[at] == 0:
            return None
    return slots

cdef inline tuple attributes_of(object node, object kind, bytes slots, object getter):
    cdef Py_ssize_t count, at
    cdef const Py_ssize_t *slot
    cdef PyObject *value
    cdef tuple found
    if slots is None or type(node) is not kind:
        return getter(node)
    count = PyBytes_GET_SIZE(slots) // <Py_ssize_t>sizeof(Py_ssize_t)
    slot = <const Py_ssize_t *>PyBytes_AS_STRING(slots)
    for at in range(count):
        if testamur_at(node, slot[at]) == NULL:
            return getter(node)  # AttributeError
    found = PyTuple_New(count)
    for at in range(count):
        value = testamur_at(node, slot[at])
        Py_INCREF(<object>value)
        PyTuple_SET_ITEM(found, at, <object>value)
    return found
