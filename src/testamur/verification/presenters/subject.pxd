# `subject.py` is compiled without types (tools/accelerate.py): what it takes apart are values of any kind. Python does not read this file.
