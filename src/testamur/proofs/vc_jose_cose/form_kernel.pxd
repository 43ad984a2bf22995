# The types of `form_kernel.py` for its compiled form, and in the place of `native_forms.py` what that form does (tools/accelerate.py).
# Python does not read this file.
#
# Every pointer is into bytes that are held meanwhile, and goes no further than their length.

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport int32_t
from libc.string cimport memchr, memcmp

cdef extern from *:
    """
    #include <stddef.h>
    #include <string.h>

    /* Is a byte below 32 among them? With `high`, where one of 128 or more is. All of them, so that many are looked at at once. */
    static int testamur_has_controls(const unsigned char *text, size_t size, int *high) {
        unsigned char controls = 0, all = 0;
        size_t at;
        for (at = 0; at < size; at++) {
            controls |= text[at] < 32;
            all |= text[at];
        }
        *high = all >= 128;
        return controls;
    }

    /* A letter behind a backslash that is a whole escape. */
    static int testamur_is_escape(unsigned char letter) {
        switch (letter) {
        case '"': case '\\\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': return 1;
        default: return 0;
        }
    }

    /* What an absolute address is made of in ASCII: 1; 3 in a scheme, too; 7 at its beginning, too. */
    static unsigned char testamur_of_address(unsigned char byte) {
        if ((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z')) return 7;
        if ((byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.') return 3;
        if (byte <= 32 || byte >= 127) return 0;
        switch (byte) {
        case '"': case '<': case '>': case '\\\\': case '^': case '`': case '{': case '|': case '}': return 0;
        default: return 1;
        }
    }

    static int testamur_is_address(const unsigned char *text, size_t size) {
        size_t at;
        if (size < 3 || size > 2048 || testamur_of_address(text[0]) != 7) return 0;
        for (at = 1; at < size && text[at] != ':'; at++) if (!(testamur_of_address(text[at]) & 2)) return 0;
        if (size - at < 2) return 0;
        for (at++; at < size; at++) if (!testamur_of_address(text[at])) return 0;
        return 1;
    }
    """
    bint testamur_has_controls(const unsigned char *text, size_t size, int *high)
    bint testamur_is_escape(unsigned char letter)
    bint testamur_is_address(const unsigned char *text, size_t size)

cdef class PayloadForm:
    cdef readonly list parts, kinds, same
    cdef readonly tuple dates
    cdef readonly bint needs_key
    cdef readonly bytes pool, holes
    cpdef tuple figures(self, bytes payload)

@cython.locals(form=PayloadForm, figures=tuple)
cpdef tuple known(tuple forms, bytes payload)

# For each hole the length of the part before it, its kind, and the one that must hold the same.

cdef inline bytes holes_of(list parts, list kinds, list same):
    cdef Py_ssize_t at
    cdef bytes holes = PyBytes_FromStringAndSize(NULL, 3 * len(kinds) * sizeof(int32_t))
    cdef int32_t *hole = <int32_t *>PyBytes_AS_STRING(holes)
    for at in range(len(kinds)):
        hole[3 * at] = <int32_t>len(<bytes?>parts[at])
        if len(<bytes>parts[at]) > 0x7FFFFFFF:
            raise OverflowError("a part")
        hole[3 * at + 1] = kinds[at]
        hole[3 * at + 2] = same[at]
    return holes

cdef inline tuple figures_in(PayloadForm form, bytes payload):
    if form is None or payload is None or form.pool is None or form.holes is None:
        raise TypeError("a form, and bytes")
    cdef const unsigned char *place = <const unsigned char *>PyBytes_AS_STRING(payload)
    cdef const unsigned char *end = place + PyBytes_GET_SIZE(payload)
    cdef const unsigned char *source = <const unsigned char *>PyBytes_AS_STRING(form.pool)
    cdef const unsigned char *source_end = source + PyBytes_GET_SIZE(form.pool)
    cdef const int32_t *hole = <const int32_t *>PyBytes_AS_STRING(form.holes)
    cdef Py_ssize_t holes = PyBytes_GET_SIZE(form.holes) // (3 * <Py_ssize_t>sizeof(int32_t))
    cdef const unsigned char *starts[1000]  # MAX_HOLES
    cdef Py_ssize_t sizes[1000]
    cdef const unsigned char *start
    cdef const unsigned char *stop
    cdef const unsigned char *escape  # the next backslash, or the end
    cdef Py_ssize_t at, size
    cdef long long figure
    cdef tuple figures = ()
    cdef int high = 0
    # The first part tells most texts of other forms.
    size = hole[0] if holes else source_end - source
    if end - place < size or memcmp(place, source, size) != 0:
        return None
    if testamur_has_controls(place, end - place, &high):
        return None
    escape = <const unsigned char *>memchr(place, 92, end - place)
    if escape == NULL:
        escape = end
    for at in range(holes):
        size = hole[3 * at]
        if end - place < size or memcmp(place, source, size) != 0:
            return None
        place += size
        source += size
        start = place
        if hole[3 * at + 1] == 1:
            figure = 0
            while place < end and 48 <= place[0] <= 57:
                if place - start == 15 or (place - start == 1 and start[0] == 48):
                    return None
                figure = 10 * figure + (place[0] - 48)
                place += 1
            if place == start:
                return None
            figures += (figure,)
        else:
            while escape < start:  # it stood between holes
                escape = <const unsigned char *>memchr(start, 92, end - start)
                if escape == NULL:
                    escape = end
            while True:
                stop = <const unsigned char *>memchr(place, 34, end - place)
                if stop == NULL:
                    return None
                if escape >= stop:
                    break
                if not testamur_is_escape(escape[1]):  # the quotation mark behind it is in the text
                    return None
                place = escape + 2
                escape = <const unsigned char *>memchr(place, 92, end - place)
                if escape == NULL:
                    escape = end
            place = stop
            if hole[3 * at + 1] == 2 and not testamur_is_address(start, place - start):
                return None
        starts[at] = start
        sizes[at] = place - start
        if hole[3 * at + 2] >= 0:
            size = sizes[hole[3 * at + 2]]
            if sizes[at] != size or memcmp(start, starts[hole[3 * at + 2]], size) != 0:
                return None
    if end - place != source_end - source or memcmp(place, source, end - place) != 0:
        return None
    if high:
        try:
            payload.decode("utf-8")
        except UnicodeDecodeError:
            return None
    return figures
