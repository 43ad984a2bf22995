# The types of `verifying_kernel.py` for its compiled form (tools/accelerate.py). Python does not read this file.

cimport cython
from native cimport is_stamp

cdef class Places:
    cdef public Py_ssize_t begins, ends, status_list, status_index
    @cython.locals(begins=bytes, ends=bytes)
    cpdef tuple said(self, list values)

cdef class Examiner:
    cdef public object status_bit, make
    cdef public tuple known
    @cython.locals(begins=bytes, ends=bytes, index=bytes, in_force=bint, known=tuple)
    cpdef object examine(self, tuple said, bint signed, bytes moment)
