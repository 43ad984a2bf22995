# The types of `kernel.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.list cimport PyList_GET_ITEM, PyList_GET_SIZE
from native cimport (
    cuts_of, digest_behind, filled_size, found_sha256, in_rank, sha256, stands_between, state_after, values_in, written,
)

cdef bint _DIRECT

cdef class Template:
    cdef readonly list parts, numbers
    cdef readonly Py_ssize_t size, values
    cdef readonly bytes text, pool, cuts
    cdef public object picks
    cpdef bytes fill(self, list filling)
    cpdef list read(self, bytes text)

cdef inline bytes filled(Template template, list filling):
    cdef bytes text
    if template is None or filling is None:
        raise TypeError("a template and what fills it")
    text = PyBytes_FromStringAndSize(NULL, filled_size(template.pool, template.cuts, filling))
    written(PyBytes_AS_STRING(text), template.pool, template.cuts, filling)
    return text

cdef inline bytes joined(list templates, list filling):
    cdef Py_ssize_t size = 0
    cdef Template template
    cdef bytes text
    cdef char *to
    if filling is None:
        raise TypeError("what fills them")
    for template in templates:
        if template is None:
            raise TypeError("a template")
        size += filled_size(template.pool, template.cuts, filling)
    text = PyBytes_FromStringAndSize(NULL, size)
    to = PyBytes_AS_STRING(text)
    for template in templates:
        to = written(to, template.pool, template.cuts, filling)
    return text

cdef inline bytes digest_filled(object begun, list templates, list filling):
    # What most texts have room in stays where the processor finds it again.
    cdef char room[16384]
    cdef Py_ssize_t size = 0
    cdef Template template
    cdef bytes text
    cdef char *to
    if templates is None or filling is None:
        raise TypeError("templates, and what fills them")
    for template in templates:
        if template is None:
            raise TypeError("a template")
        size += filled_size(template.pool, template.cuts, filling)
    if size > <Py_ssize_t>sizeof(room):
        text = joined(templates, filling)
        return digest_behind(begun, PyBytes_AS_STRING(text), size)
    to = room
    for template in templates:
        to = written(to, template.pool, template.cuts, filling)
    return digest_behind(begun, room, size)

cdef inline list recognised(Template template, bytes text):
    if template is None or text is None:
        raise TypeError("a template and a text")
    return values_in(template.pool, template.cuts, template.values, text)

cdef class Hashing:
    cdef public int node, asked, found
    cdef public Template whole
    cdef public list lines, rest
    cdef public object begun
    cdef public dict remembered

cdef class Group:
    cdef public list lines
    cdef public bint counted
    cdef public object labels
    cdef public dict remembered

cdef class Layout:
    cdef public Template head, rest
    cdef public object decided
    cdef public list bounds
    cdef public dict states, ordered
    @cython.locals(text=Py_ssize_t, lower=bytes, upper=bytes, before=bytes, subject=bytes)
    cpdef bint holds(self, list filling)

cdef class Renderer:
    cdef public object new_hash, layout_for, labelled
    cdef public bint direct
    cdef public dict arranged
    cdef public bytes nodes
    cdef public list varying, constant, hashings, groups, labels, ranks, blank
    cdef public Py_ssize_t count
    cdef public Layout layout
    cpdef bytes render(self, list filling)
    @cython.locals(key=bytes, arranged=tuple, behind=list, blank=list, templates=list, layout=Layout, start=Py_ssize_t, number=Py_ssize_t)
    cpdef bytes digest(self, list filling)
    cdef object _begun(self, Layout layout, bytes order, list filling)
    @cython.locals(hashing=Hashing, digests=list)
    cdef bytes _order(self, list filling, bint own)
    @cython.locals(rank=Py_ssize_t, node=Py_ssize_t, row=list, labels=list, templates=list, group=Group, layout=Layout)
    cdef tuple _prepared(self, bytes order, list filling)
    @cython.locals(layout=Layout)
    cdef Layout _laid_out(self, list filling)
    @cython.locals(line=Template)
    cdef bytes _hash_of(self, Hashing hashing, list filling, bint own)
    cdef bytes _hashed(self, bytes text)

cpdef bytes hashed(bytes text)

cdef class TextHash:
    cdef public Template template
    cdef public object new_hash
    cdef public bint direct
    cpdef bytes digest(self, list filling)

@cython.locals(line=Template)
cdef bytes _in_order(Group group, list filling)
cdef bytes _two_in_order(bytes one, bytes other, bint counted)
