"""What stands: fixtures that are set up once for the tests of a module, and found by each as if they had just been made for it.

Most of the time of the site's tests went into making the same institution, people and credentials again, hundreds of statements each
time, and rolling them back. A fixture below which `@standing` is written is a layer instead:

    @pytest.fixture
    @standing
    def published(version): ...

1. The database: a layer is made within a savepoint of its own, in one transaction for the module, and each test within a further one
   above its layers. What a test wrote is rolled back; the layers stay for the next test that asks for the same ones in the same order. What
   that test does not ask for is rolled back first.
2. The values: a test gets copies of what the fixtures had returned, all of one layer's moment together, so that what two of them share
   they still share, and what a later fixture changed in the value of an earlier one is changed.
3. The files in `tmp_path` (the log) and the mails that were sent: put back as the layer had left them.
4. Only what can be taken for the same is: a layer counts for the same fixtures (not only names), not parametrised, below nothing but other
   layers, the fixtures of pytest and pytest-django, and fixtures below which `@aside` is written. After any other fixture, or in
   a test that commits (`transaction=True`), everything is made anew as ever.

Whatever returns something that is not data (a function, a client, a process) or changes something that is not rolled back is not standing.
"""

from __future__ import annotations

import copy
import functools
import inspect
import shutil
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from unittest import mock

import pytest
import pytest_django.fixtures
from django.core import mail
from django.db import connection, transaction
from django.test import TransactionTestCase

from .emptied import emptied

Fixture = TypeVar("Fixture", bound=Callable[..., Any])

_MADE_BY_DJANGO = inspect.unwrap(pytest_django.fixtures._django_db_helper)
_COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


def standing(function: Fixture) -> Fixture:
    """Below `@pytest.fixture`: what it makes stands for the tests of a module."""
    signature = inspect.signature(function)
    passes_on = "request" in signature.parameters

    @functools.wraps(function)
    def layer(*instance: Any, **values: Any) -> Any:
        request = values["request"] if passes_on else values.pop("request")
        return _STANDING.set_up(layer, request, lambda: function(*instance, **values))

    if not passes_on:
        own = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        signature = signature.replace(parameters=[*signature.parameters.values(), own])
    layer.__signature__ = signature  # type: ignore[attr-defined] # pytest reads in it what to ask for
    layer.stands = True  # type: ignore[attr-defined]
    return cast(Fixture, layer)


def aside(function: Fixture) -> Fixture:
    """Below `@pytest.fixture`: it touches neither database nor files nor mails itself, so a layer may be made before or after it.

    One that is asked for by name leaves settings alone too; one that is `autouse` may change them, as for all tests where it holds.
    """
    function.is_aside = True  # type: ignore[attr-defined]
    return function


@dataclass
class _Layer:
    key: Hashable
    block: Any
    values: list[Any] = field(default_factory=list)  # of this layer and of those below it
    mails: list[Any] = field(default_factory=list)
    files: Path | None = None


@dataclass
class _Standing:
    """The transaction of a module, its layers, and how far the test under way has come with them."""

    base: Any = None
    circumstances: Hashable = None
    layers: list[_Layer] = field(default_factory=list)
    block: Any = None  # of the test
    plan: list[Callable[..., Any]] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    next_item: pytest.Item | None = None
    copies: int = 0

    def begin(self, item: pytest.Item) -> None:
        circumstances, self.plan = _plan(item)
        if self.base is None or circumstances != self.circumstances:
            self.clear()
            self.base, self.circumstances = _enter(), circumstances
        depth = 0
        for layer, wanted in zip(self.layers, self.plan, strict=False):
            if layer.key != wanted:
                break
            depth += 1
        while len(self.layers) > depth:
            _roll_back(self.layers.pop().block)
        self.found = copy.deepcopy(self.layers[-1].values) if self.layers else []
        self.values = []
        if depth == len(self.plan):
            self.block = _enter()

    def end(self) -> None:
        if self.block is None:  # a fixture failed, or was never asked for
            self.block = _enter()
        try:
            if not connection.needs_rollback and connection.is_usable():  # as `TestCase` does it
                connection.check_constraints()
        finally:
            _roll_back(self.block)
            self.block, self.plan, self.found, self.values = None, [], [], []
            if connection.connection is None or connection.closed_in_transaction or connection.needs_rollback:
                self.clear()  # the test closed it, and with it went the transaction

    def clear(self) -> None:
        while self.layers:
            _roll_back(self.layers.pop().block)
        if self.base is not None:
            _roll_back(self.base)
            self.base = None

    def set_up(self, wanted: Callable[..., Any], request: pytest.FixtureRequest, make: Callable[[], Any]) -> Any:
        """The value of a standing fixture: of its layer, or made as one; as ever beyond the plan."""
        at = len(self.values)
        if at >= len(self.plan):
            return make()
        if self.plan[at] is not wanted:
            raise RuntimeError(
                f"{request.fixturename} is asked for before {self.plan[at].__name__}, which was foreseen."
            )
        folder: Path = request.getfixturevalue("tmp_path")
        if at < len(self.found):
            self.values.append(self.found[at])
            if len(self.values) == len(self.found):
                self._put_back(self.layers[-1], folder)
            return self.found[at]
        layer = _Layer(wanted, _enter())
        try:
            value = make()
            self.values.append(value)
            layer.values = copy.deepcopy(self.values)
            self._keep(layer, folder, request)
        except BaseException:
            _roll_back(layer.block)
            self.plan = self.plan[:at]
            self.block = _enter()
            raise
        self.layers.append(layer)
        if len(self.layers) == len(self.plan):
            self.block = _enter()
        return value

    def _keep(self, layer: _Layer, folder: Path, request: pytest.FixtureRequest) -> None:
        layer.mails = copy.deepcopy(getattr(mail, "outbox", []))
        if any(folder.iterdir()):
            self.copies += 1
            kept: Path = request.getfixturevalue("tmp_path_factory").getbasetemp() / f"standing-{self.copies}"
            layer.files = Path(shutil.copytree(folder, kept, symlinks=True))

    def _put_back(self, layer: _Layer, folder: Path) -> None:
        if layer.mails:
            mail.outbox[:] = copy.deepcopy(layer.mails)
        if layer.files is not None:
            shutil.copytree(layer.files, folder, symlinks=True, dirs_exist_ok=True)


_STANDING = _Standing()


def _enter() -> Any:
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] # `durable` blocks are allowed in it, as in a `TestCase`
    block.__enter__()
    return block


def _roll_back(block: Any) -> None:
    transaction.set_rollback(True)
    block.__exit__(None, None, None)


def _plan(item: pytest.Item) -> tuple[Hashable, list[Callable[..., Any]]]:
    """What holds for all layers of the test, and its layers in the order in which pytest will ask for them."""
    manager = item._request._fixturemanager  # type: ignore[attr-defined]
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    autouse = set(manager._getautousenames(item))
    circumstances: list[pytest.FixtureDef[Any]] = []
    layers: list[Callable[..., Any]] = []
    seen: set[pytest.FixtureDef[Any]] = set()

    def visit(name: str, above: pytest.FixtureDef[Any] | None) -> bool:
        """Whether layers may still follow."""
        defined = definitions.get(name, ())
        if above is not None and name == above.argname:  # the one that it stands in for
            defined = defined[: defined.index(above)]
        if not defined:  # `request`
            return True
        made = defined[-1]
        if made in seen:
            return True
        seen.add(made)
        for needed in made.argnames:
            if not visit(needed, made):
                return False
        function = getattr(made.func, "__func__", made.func)
        if function.__module__.startswith(("_pytest.", "pytest_django.", __name__)):
            return True
        if made.scope != "function":
            return made.params is None
        if getattr(function, "is_aside", False) and made.params is None:
            if name in autouse:
                circumstances.append(made)
            return True
        if getattr(function, "stands", False) and made.params is None:
            layers.append(function)
            return True
        return False

    for name in item.fixturenames:  # type: ignore[attr-defined]
        if not visit(name, None):
            break
    return (item.path, *circumstances), layers


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(nextitem: pytest.Item | None) -> Iterator[None]:
    _STANDING.next_item = nextitem
    return (yield)


@pytest.fixture
def _django_db_helper(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's, which opens a transaction for each test; here it is opened for a module."""
    marker = request.node.get_closest_marker("django_db")
    plain = (
        not (marker and (marker.args or marker.kwargs))
        and _COMMITTING.isdisjoint(request.fixturenames)
        and not pytest_django.fixtures.is_django_unittest(request)
    )
    with django_db_blocker.unblock():
        if not plain:
            _STANDING.clear()
            with mock.patch.object(TransactionTestCase, "_fixture_teardown", emptied):
                yield from _MADE_BY_DJANGO(request, django_db_setup, django_db_blocker)
            return
        _STANDING.begin(request.node)
        try:
            yield
        finally:
            _STANDING.end()
            following = _STANDING.next_item
            if following is None or following.path != request.node.path:
                _STANDING.clear()
