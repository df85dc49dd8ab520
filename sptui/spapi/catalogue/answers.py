"""The shapes of answers: what each status of each operation brings, as the models say."""

from __future__ import annotations

import msgspec

from sptui.spapi.catalogue.shapes import Shape, Shapes


class _Content(msgspec.Struct, frozen=True):
    """By operation key the shape of each status (as text: JSON keys are), and the names that only answers use."""

    statuses: dict[str, dict[str, Shape]]
    shapes: dict[str, Shape]


class Answers:
    """The answers of one API, decoded when the first of them is asked for."""

    def __init__(self, raw: msgspec.Raw | None = None, of_requests: Shapes | None = None) -> None:
        self._raw = raw
        self._of_requests = of_requests
        self._content: _Content | None = None if raw is not None else _Content({}, {})
        self._shapes: Shapes | None = None

    def _decoded(self) -> _Content:
        if self._content is None:
            assert self._raw is not None  # noqa: S101 - the constructor leaves one of the two
            self._content = msgspec.json.decode(self._raw, type=_Content)
        return self._content

    def of(self, key: str) -> dict[int, Shape]:
        """By status the shape of the answer's body, of the operation with that key."""
        return {int(status): shape for status, shape in self._decoded().statuses.get(key, {}).items()}

    @property
    def shapes(self) -> Shapes:
        """The named shapes that the answers refer to."""
        if self._shapes is None:
            names = dict(self._decoded().shapes)
            if self._of_requests is not None:
                names |= {name: self._of_requests[name] for name in self._of_requests}
            self._shapes = Shapes(names)
        return self._shapes
