"""No image of the memory, with keys and words in it, is left on the disk when the program dies."""

import sys

if sys.platform != "win32":
    import resource


def leave_no_dumps() -> None:
    """Forbid core dumps to this process and those that it starts, where the system has them.

    Python's own fault handler, if somebody turns it on, names lines and functions and no values.
    """
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
