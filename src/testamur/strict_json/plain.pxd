# The types of `plain.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython

@cython.locals(source="const unsigned char *", at=Py_ssize_t, found=Py_ssize_t, start=Py_ssize_t, end=Py_ssize_t, few="unsigned char")
cpdef Py_ssize_t brackets(bytes data) except -1
cpdef bint is_plain(object value, bint ascii_keys) except -1
@cython.locals(members=dict, items=list)
cpdef Py_ssize_t plain_left(object node, bint ascii_keys, Py_ssize_t levels, Py_ssize_t left) except? -3
