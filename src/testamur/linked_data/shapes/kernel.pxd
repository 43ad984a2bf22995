# The types of `kernel.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython

cdef class Template:
    cdef public list parts, numbers
    cdef public Py_ssize_t size, values
    cdef public bytes text
    cdef public object picks
    cpdef bytes fill(self, list filling)
    @cython.locals(at=Py_ssize_t, end=Py_ssize_t, hole=Py_ssize_t, number=Py_ssize_t, value=bytes)
    cpdef list read(self, bytes text)

cdef class Hashing:
    cdef public int node, asked, found
    cdef public Template whole
    cdef public list lines
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
    cdef public dict states
    @cython.locals(text=Py_ssize_t, lower=bytes, upper=bytes, before=bytes, subject=bytes)
    cpdef bint holds(self, list filling)

cdef class Renderer:
    cdef public object new_hash, layout_for, labelled
    cdef public dict constant
    cdef public list hashings, groups, labels, ranks, blank
    cdef public Py_ssize_t count
    cdef public Layout layout
    cpdef bytes render(self, list filling)
    cpdef bytes digest(self, list filling)
    @cython.locals(rank=Py_ssize_t)
    cdef list _label(self, list filling, bint own)
    cdef Layout _laid_out(self, list filling)
    @cython.locals(rank=Py_ssize_t, node=Py_ssize_t, row=list)
    cdef _rest(self, list order, Layout layout, list templates)

@cython.locals(template=Template, number=Py_ssize_t, hole=Py_ssize_t, pieces=list, parts=list)
cdef bytes _assembled(list templates, list filling)
@cython.locals(line=Template)
cdef bytes _hash_of(Hashing hashing, list filling, object new_hash, bint own)
@cython.locals(line=Template)
cdef bytes _in_order(Group group, list filling)
