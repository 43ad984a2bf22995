# The types of `apart.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython

cdef object OF_THE_KEY
cdef str _CONTEXT

@cython.locals(key=list, texts=list)
cpdef object take_apart(object document, Py_ssize_t most)
@cython.locals(found=list)
cpdef list bare_values(dict document, object passed_over)

@cython.locals(name=object, member=object, kind=object)
cdef bint _object(dict value, list key, list texts, Py_ssize_t left) except -1
@cython.locals(member=object, kind=object)
cdef bint _array(list value, bint of_the_key, list key, list texts, Py_ssize_t left) except -1
cdef bytes _scalar(object value)
cdef object _collect(object value, object passed_over, list found)
