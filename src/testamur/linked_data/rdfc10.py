"""RDF Dataset Canonicalization 1.0 (RDFC-1.0): the same graph gets the same blank node labels, whoever writes it.

    1. For each blank node, hash the statements it appears in, with itself called `_:a` and every other blank node `_:z`
       ("first degree").
    2. A hash that only one node has settles that node's label. Credentials are settled here almost always.
    3. Nodes that share a hash are told apart by hashing the paths that lead away from them ("N degree"), trying every order of equal
       neighbours and keeping the smallest path.
    4. Relabel, sort, and write.

Step 3 is exponential for graphs made for that purpose ("poison graphs": a clique of seven blank nodes is 840 bytes). It therefore works
against a budget, one unit for every path that is begun or lengthened, and refuses the graph when it is used up.

Source: RDF Dataset Canonicalization, W3C Recommendation 21 May 2024, §4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Literal

from testamur.errors import LinkedDataError, TooComplex
from testamur.linked_data.nquads import Quad, parse_nquads

HashName = Literal["sha256", "sha384"]

DEFAULT_WORK_LIMIT = 50_000
"""Units of work in step 3. The hardest case of the W3C suite that is not meant to be refused needs an eighth of it."""
MAX_PATH_DEPTH = 200
"""How far a path may lead from blank node to blank node before the graph counts as too complex."""


@dataclass(frozen=True, slots=True)
class Canonicalised:
    """`nquads`: canonical N-Quads, UTF-8. `issued_identifiers`: label in the input → label in the output, both without `_:`."""

    nquads: bytes
    issued_identifiers: Mapping[str, str] = field(default_factory=dict)


def canonicalize_quads(
    quads: Iterable[Quad] | bytes, *, hash_name: HashName = "sha256", work_limit: int = DEFAULT_WORK_LIMIT
) -> Canonicalised:
    """Canonicalise a dataset, given as quads or as N-Quads.

    `hash_name` is the hash used inside the algorithm (P-384 suites use sha384). Raises TooComplex when the graph would need more than
    `work_limit` units of work, LinkedDataError for N-Quads that cannot be read or an unknown hash.
    """
    if hash_name not in ("sha256", "sha384"):
        raise LinkedDataError(
            "RDFC-1.0 is used here with SHA-256 or SHA-384 only.", code="linked_data.hash", facts={"hash": hash_name}
        )
    dataset = parse_nquads(quads) if isinstance(quads, bytes) else list(dict.fromkeys(quads))
    return _Canonicaliser(dataset, getattr(hashlib, hash_name), work_limit).run()


class _Issuer:
    """Gives out `prefix0`, `prefix1` … in the order of asking, and remembers to whom (§4.6)."""

    __slots__ = ("issued", "prefix")

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.issued: dict[str, str] = issued if issued is not None else {}

    def issue(self, node: str) -> str:
        label = self.issued.get(node)
        if label is None:
            label = self.issued[node] = f"{self.prefix}{len(self.issued)}"
        return label

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, self.issued.copy())


class _Canonicaliser:
    def __init__(self, dataset: list[Quad], new_hash: Callable[[bytes], hashlib._Hash], work_limit: int) -> None:
        self.dataset = dataset
        self.new_hash = new_hash
        self.work_left = work_limit
        self.work_limit = work_limit
        self.canonical = _Issuer("_:c14n")
        self.quads_of: dict[str, list[Quad]] = {}
        self.first_degree: dict[str, str] = {}
        self.neighbours: dict[str, list[tuple[str, str]]] = {}

    def run(self) -> Canonicalised:
        """§4.4, Canonicalization Algorithm."""
        for quad in self.dataset:
            for node in {quad.subject, quad.object, quad.graph}:
                if node.startswith("_:"):
                    self.quads_of.setdefault(node, []).append(quad)
        nodes_by_hash: dict[str, list[str]] = {}
        for node in self.quads_of:
            digest = self.first_degree[node] = self._hash_first_degree(node)
            nodes_by_hash.setdefault(digest, []).append(node)
        ambiguous: list[list[str]] = []
        for _, nodes in sorted(nodes_by_hash.items()):
            if len(nodes) == 1:
                self.canonical.issue(nodes[0])
            else:
                ambiguous.append(nodes)
        for nodes in ambiguous:
            paths: list[tuple[str, _Issuer]] = []
            for node in nodes:
                if node not in self.canonical.issued:
                    temporary = _Issuer("_:b")
                    temporary.issue(node)
                    paths.append(self._hash_n_degree(node, temporary, 0))
            for _, issuer in sorted(paths, key=lambda path: path[0]):
                for node in issuer.issued:
                    self.canonical.issue(node)
        labels = self.canonical.issued
        lines = {
            Quad(
                labels.get(quad.subject, quad.subject),
                quad.predicate,
                labels.get(quad.object, quad.object),
                labels.get(quad.graph, quad.graph),
            ).line()
            for quad in self.dataset
        }
        return Canonicalised(
            "".join(sorted(lines)).encode("utf-8"), {node[2:]: label[2:] for node, label in labels.items()}
        )

    def _digest(self, text: str) -> str:
        return self.new_hash(text.encode("utf-8")).hexdigest()

    def _hash_first_degree(self, node: str) -> str:
        """§4.6.2, Hash First Degree Quads."""

        def masked(term: str) -> str:
            if term.startswith("_:"):
                return "_:a" if term == node else "_:z"
            return term

        lines = [
            Quad(masked(quad.subject), quad.predicate, masked(quad.object), masked(quad.graph)).line()
            for quad in self.quads_of[node]
        ]
        lines.sort()
        return self._digest("".join(lines))

    def _neighbours(self, node: str) -> list[tuple[str, str]]:
        """Every blank node beside `node` with how it is related: position and predicate. Found once, used for every path."""
        found = self.neighbours.get(node)
        if found is None:
            found = self.neighbours[node] = [
                (related, position if position == "g" else position + quad.predicate)
                for quad in self.quads_of[node]
                for related, position in ((quad.subject, "s"), (quad.object, "o"), (quad.graph, "g"))
                if related != node and related.startswith("_:")
            ]
        return found

    def _hash_related(self, related: str, relation: str, issuer: _Issuer) -> str:
        """§4.7.2, Hash Related Blank Node."""
        label = self.canonical.issued.get(related) or issuer.issued.get(related) or self.first_degree[related]
        return self._digest(relation + label)

    def _hash_n_degree(self, node: str, issuer: _Issuer, depth: int) -> tuple[str, _Issuer]:
        """§4.8.2, Hash N-Degree Quads: the hash of the smallest path away from `node`, and the issuer that walked it."""
        self._work(depth)
        related_by_hash: dict[str, list[str]] = {}
        for related, relation in self._neighbours(node):
            self._work(depth)
            related_by_hash.setdefault(self._hash_related(related, relation, issuer), []).append(related)
        data = []
        for digest, related_nodes in sorted(related_by_hash.items()):
            chosen_path, chosen_issuer = "", None
            for order in permutations(related_nodes):
                attempt = self._walk(order, issuer.copy(), chosen_path if chosen_issuer else None, depth)
                if attempt is not None and (chosen_issuer is None or attempt[0] < chosen_path):
                    chosen_path, chosen_issuer = attempt
            data.append(digest + chosen_path)
            if chosen_issuer is not None:
                issuer = chosen_issuer
        return self._digest("".join(data)), issuer

    def _walk(
        self, order: tuple[str, ...], issuer: _Issuer, best: str | None, depth: int
    ) -> tuple[str, _Issuer] | None:
        """Steps 5.4.1 to 5.4.5 for one order of equal neighbours; None as soon as the path cannot be smaller than `best`."""
        path = ""
        to_visit = []
        for related in order:
            self._work(depth)
            canonical = self.canonical.issued.get(related)
            if canonical is not None:
                path += canonical
            else:
                if related not in issuer.issued:
                    to_visit.append(related)
                path += issuer.issue(related)
            if best is not None and len(path) >= len(best) and path > best:
                return None
        for related in to_visit:
            digest, walked = self._hash_n_degree(related, issuer, depth + 1)
            path += f"{issuer.issue(related)}<{digest}>"
            issuer = walked
            if best is not None and len(path) >= len(best) and path > best:
                return None
        return path, issuer

    def _work(self, depth: int) -> None:
        self.work_left -= 1
        if self.work_left < 0 or depth > MAX_PATH_DEPTH:
            raise TooComplex(
                "The unnamed parts of this document are linked so that telling them apart would take too long.",
                code="linked_data.too_complex",
                facts={"work_limit": self.work_limit, "blank_nodes": len(self.quads_of)},
            )
