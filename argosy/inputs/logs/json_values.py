"""Entries of a log that is a JSON document: a list, objects over many lines, or an object that holds a list."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from argosy.inputs.logs.byte_stream import Stream
from argosy.signals.errors import BadInput

_MOST_CHARS = 64 << 20
"""Of one value."""

_READ_BYTES = 1 << 20
_BETWEEN = re.compile(r"[\s,\ufeff\x1e]*")
_MEND = "write it as JSON lines, such as by jq -c '.[]'"
_LISTS = ("events", "logEvents", "Records", "records", "logs", "entries", "items", "messages", "hits", "results")
_MOST_BESIDE = 4
"""An object that holds a list of entries has few other fields; an entry that holds a list has many."""


class JsonValues:
    """The values of a JSON document in turn, at most one of them in memory.

    Iterating raises BadInput, naming the entry, for what is no JSON. `is_cut` says afterwards whether the document ends
    within a value, which is left out.
    """

    def __init__(self, stream: Stream, place: str) -> None:
        self._stream, self._place = stream, place
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._json = json.JSONDecoder(strict=False)
        self._text = ""
        self._at_end = False
        self.is_cut = False

    def __iter__(self) -> Iterator[Any]:
        number = 0
        in_list = False
        while self._skip():
            if self._text[0] in "[]" and in_list == (self._text[0] == "]"):
                in_list = not in_list
                self._text = self._text[1:]
                continue
            number += 1
            found = self._value(f"{self._place}, entry {number}")
            if found is None:
                self.is_cut = True
                return
            yield found[0]
        self.is_cut = in_list

    def _skip(self) -> bool:
        """To the next value; False at the end."""
        while True:
            between = _BETWEEN.match(self._text)
            self._text = self._text[between.end() if between else 0 :]
            if self._text or not self._more():
                return bool(self._text)

    def _more(self) -> bool:
        if self._at_end:
            return False
        data = self._stream.read(max(_READ_BYTES, len(self._text)))
        self._at_end = not data
        self._text += self._decoder.decode(data, final=not data)
        return True

    def _value(self, place: str) -> tuple[Any] | None:
        """One value; None where the document ends within it."""
        while True:
            try:
                value, end = self._json.raw_decode(self._text)
            except RecursionError as error:
                raise BadInput(place, "is nested too deeply", _MEND) from error
            except ValueError as error:
                if self._more() and len(self._text) < _MOST_CHARS:
                    continue
                if self._at_end and self._text[0] in '{["':
                    return None
                raise BadInput(place, f"is no JSON: {str(error)[:80]}", _MEND) from error
            if end < len(self._text) or not self._more():
                self._text = self._text[end:]
                return (value,)


def rows_of(value: object) -> Iterator[object]:
    """The entries that a value holds: those of an export of OpenTelemetry or of a cloud, or the value itself."""
    if isinstance(value, Mapping):
        if isinstance(value.get("resourceLogs"), list):
            yield from _otlp(value["resourceLogs"])
            return
        held = _listed(value)
        if held is not None:
            yield from held
            return
    yield value


def _listed(value: Mapping[str, Any]) -> list[object] | None:
    """The list that an object is there for: CloudWatch, CloudTrail, Elasticsearch and the like."""
    if len(value) > _MOST_BESIDE:
        return None
    for name in _LISTS:
        inner = value.get(name)
        if isinstance(inner, Mapping) and isinstance(inner.get(name), list):  # Elasticsearch: hits within hits
            inner = [each.get("_source", each) if isinstance(each, Mapping) else each for each in inner[name]]
        if isinstance(inner, list) and inner and all(isinstance(each, Mapping) for each in inner):
            return inner
    return None


def _otlp(resources: list[Any]) -> Iterator[object]:
    for resource in filter(_is_object, resources):
        for scope in filter(_is_object, _list_at(resource, "scopeLogs")):
            for record in filter(_is_object, _list_at(scope, "logRecords")):
                body = record.get("body")
                attributes = {
                    str(each.get("key")): _any_value(each.get("value"))
                    for each in filter(_is_object, _list_at(record, "attributes"))
                }
                rest = {name: each for name, each in record.items() if name not in ("body", "attributes")}
                yield {**attributes, **rest, "body": _any_value(body)}


def _any_value(value: object) -> object:
    """A value of OpenTelemetry as a plain one: {"stringValue": "x"} is x."""
    if isinstance(value, Mapping) and len(value) == 1:
        return next(iter(value.values()))
    return value


def _list_at(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)
