"""IRIs as JSON-LD needs them: is it absolute, is it fit to be written, what does a relative reference resolve to.

Nothing here normalises: two IRIs that look alike but differ in one character are two things, and a signature covers the characters.
`urllib.parse.urljoin` is not used because it refuses to resolve against schemes it does not know and because its treatment of dot segments
is not that of RFC 3986.
"""

from __future__ import annotations

import re

# RFC 3986 §3.1 for the scheme; the rest has to be free of what the IRIREF production of N-Quads forbids, with one `#` at most.
_CHARACTER = r"[^\x00-\x20<>\"{}|^`\\#\ud800-\udfff\ufffe\uffff]"
AFTER_SCHEME = rf"{_CHARACTER}*(?:#{_CHARACTER}*)?"
"""A regular expression for what follows the colon of an absolute IRI."""
_ABSOLUTE = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:{AFTER_SCHEME}\Z")
_BLANK_NODE = re.compile(r"_:[^\s]+\Z")
# RFC 3986 appendix B.
_PARTS = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def is_absolute(value: str) -> bool:
    """True when `value` is an absolute IRI whose characters may all stand in an N-Quads IRIREF."""
    return _ABSOLUTE.match(value) is not None


def has_scheme(value: str) -> bool:
    """True when `value` begins like an absolute IRI, whether or not the rest of it could be written down."""
    return _SCHEME.match(value) is not None


def is_blank(value: str) -> bool:
    """True for a blank node identifier, `_:` and at least one character."""
    return value.startswith("_:")


def is_well_formed_blank(value: str) -> bool:
    """True for a blank node identifier without white space in its label."""
    return _BLANK_NODE.match(value) is not None


def resolve(base: str | None, reference: str) -> str:
    """`reference` resolved against `base` (RFC 3986 §5.2, strict). Without a base the reference comes back unchanged."""
    if base is None:
        return reference
    scheme, authority, path, query, fragment = _split(reference)
    if scheme is None:
        base_scheme, base_authority, base_path, base_query, _ = _split(base)
        scheme = base_scheme
        if authority is not None:
            path = _remove_dot_segments(path)
        else:
            authority = base_authority
            if path == "":
                path = base_path
                if query is None:
                    query = base_query
            elif path.startswith("/"):
                path = _remove_dot_segments(path)
            else:
                path = _remove_dot_segments(_merge(base_authority, base_path, path))
    else:
        path = _remove_dot_segments(path)
    return _join(scheme, authority, path, query, fragment)


def _split(value: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    match = _PARTS.match(value)
    if match is None:  # the expression matches every string; this is for the type checker
        return None, None, value, None, None
    scheme, authority, path, query, fragment = match.groups()
    return scheme, authority, path or "", query, fragment


def _join(scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None) -> str:
    parts = []
    if scheme is not None:
        parts.append(scheme + ":")
    if authority is not None:
        parts.append("//" + authority)
    parts.append(path)
    if query is not None:
        parts.append("?" + query)
    if fragment is not None:
        parts.append("#" + fragment)
    return "".join(parts)


def _merge(authority: str | None, base_path: str, path: str) -> str:
    if authority is not None and base_path == "":
        return "/" + path
    return base_path[: base_path.rfind("/") + 1] + path


def _remove_dot_segments(path: str) -> str:
    """RFC 3986 §5.2.4 over whole segments instead of a character buffer."""
    if "." not in path:
        return path
    segments = path.split("/")
    output: list[str] = []
    last = len(segments) - 1
    for position, segment in enumerate(segments):
        if segment == ".":
            if position == last:
                output.append("")
        elif segment == "..":
            # The empty first segment is the leading slash of an absolute path: there is nothing above it.
            if output and output != [""]:
                output.pop()
            if position == last:
                output.append("")
        else:
            output.append(segment)
    if path.startswith("/") and (not output or output[0] != ""):
        output.insert(0, "")
    return "/".join(output)
