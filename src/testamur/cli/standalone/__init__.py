"""The single-file verifier `testamur-verify.pyz`: everything that an offline verification needs, for a plain Python with nothing installed.

`building.py` puts the archive together; `entry.py` is what it runs; `stand_ins/` are the packages that take the place of native ones in it.
The library itself is in the archive unchanged: it finds the stand-ins under the names that it imports. They are used always, also where the
native packages happen to be installed, since what is installed must not decide whether a credential is valid (decision 0047).
"""

from testamur.cli.standalone.building import FILE_NAME, build

__all__ = ["FILE_NAME", "build"]
