# The types of `kernel.py` for its compiled form (tools/accelerate). Python does not read this file.

cdef class Hashing:
    cdef public int node, asked, found
    cdef public bytes text
    cdef public object picks
    cdef public list lines
    cdef public dict remembered

cdef class Group:
    cdef public list lines
    cdef public bint counted
    cdef public object labels
    cdef public dict remembered

cdef class Layout:
    cdef public bytes head_text, rest_text
    cdef public object head_picks, rest_picks, decided
    cdef public list bounds
    cdef public dict states
    cpdef bint holds(self, list filling)

cdef class Renderer:
    cdef public object new_hash, layout_for, labelled
    cdef public dict constant
    cdef public list hashings, groups, labels, ranks, blank
    cdef public int count
    cdef public Layout layout
    cpdef bytes render(self, list filling)
    cpdef bytes digest(self, list filling)
    cdef list _label(self, list filling)
    cdef Layout _laid_out(self, list filling)
    cdef _rest(self, list filling, list order, Layout layout, list parts)

cdef bytes _filled(bytes text, object picks, list filling)
cdef bytes _hash_of(Hashing hashing, list filling, object new_hash)
cdef bytes _in_order(Group group, list filling)
