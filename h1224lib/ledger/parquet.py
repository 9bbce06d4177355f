"""Parquet: columns as they are stored, each different value looked at once."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from h1224lib.errors import LedgerError
from h1224lib.ledger.annotation import is_annotation
from h1224lib.ledger.columns import BLANK, Column, Texts, without
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.guards import Limits
from h1224lib.ledger.headers import mean_header
from h1224lib.ledger.vocabulary import list_fields

_ONCE = ("project_id", "name")
# Keys of the file's own metadata that are settings of a ledger; pandas keeps what `attrs` holds
# under a key of its own.
_PREFIX = "h1224."
_ATTRS = b"PANDAS_ATTRS"


def read_parquet(path: Path, limits: Limits) -> tuple[list[Column], Grid]:
    """Read the columns of a Parquet file.

    Parameters
    ----------
    path : Path
        The file; the names of its columns are headers.
    limits : Limits
        Of rows and columns, judged by the file's own index, and of bytes unpacked, judged before
        texts that are stored once become as many as the rows that show them.

    Returns
    -------
    list of Column, Grid
        In their order, texts that are blank are blank; and what the file's metadata say under
        keys such as ``h1224.vintage``, as a sheet of settings.

    Raises
    ------
    LedgerError
        It is damaged or beyond a limit.
    """
    try:
        index = pq.read_metadata(path)
        limits.refuse_beyond("rows", index.num_rows, path.name)
        limits.refuse_beyond("columns", index.num_columns, path.name)
        # Texts are read as each different one and where it stands, however they are stored.
        source = pq.ParquetFile(path, read_dictionary=_list_texts(index))
        guard = _Guard(source, limits, path.name)
        # What a check of an earlier day has written into a copy is no column of the ledger.
        names = [name for name in source.schema_arrow.names if not is_annotation(name)]
        said = _read_metadata(source.metadata.metadata or {})
        # One column at a time: no two stored copies of the whole stand side by side.
        columns = [_read_column(name, guard.read(name)) for name in names]
        return columns, Grid("metadata", said, text_only=True)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise LedgerError(
            "ledger_damaged_parquet", file=path.name, reason=str(error)[:80]
        ) from error


def _list_texts(index: Any) -> list[str]:
    """Return the columns of texts that are no lists and no records."""
    fields = index.schema.to_arrow_schema()
    flat = {field.name for field in fields if not pa.types.is_nested(field.type)}
    listed = (index.schema.column(number) for number in range(index.num_columns))
    return [c.path for c in listed if c.physical_type == "BYTE_ARRAY" and c.path in flat]


class _Guard:
    """Reads columns as long as what they hold together stays within the limit."""

    def __init__(self, source: Any, limits: Limits, file: str) -> None:
        self.source = source
        self.limits = limits
        self.file = file
        self.unpacked = 0

    def read(self, name: str) -> Any:
        """Return one column."""
        kind = self.source.schema_arrow.field(name).type
        if pa.types.is_nested(kind):
            self._count(self._bound(name))
        elif pa.types.is_fixed_size_binary(kind):
            self._count(kind.byte_width * self.source.metadata.num_rows)
        stored = self.source.read([name], use_threads=True)[name]
        if pa.types.is_dictionary(stored.type) and _is_text(stored.type.value_type):
            known = list_fields().get(mean_header(name) or "")
            # Of a column of few words, each stays one.
            once = known is not None and known.kind not in ("id", "text")
            self._count(sum(_measure(chunk, once) for chunk in stored.chunks))
        return stored

    def _bound(self, name: str) -> int:
        """Return the most that lists can hold: each value as long as all of them are stored."""
        index = self.source.metadata
        groups = [index.row_group(number) for number in range(index.num_row_groups)]
        parts = [g.column(c) for g in groups for c in range(g.num_columns)]
        own = [p for p in parts if p.path_in_schema.partition(".")[0] == name]
        return sum(part.num_values * part.total_uncompressed_size for part in own)

    def _count(self, size: int) -> None:
        self.unpacked += size
        self.limits.refuse_beyond("unpacked", self.unpacked, self.file)


def _is_text(kind: Any) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)
    return any(test(kind) for test in tests)


def _measure(chunk: Any, once: bool) -> int:
    """Return how many bytes the texts of a chunk take, each once or as often as it stands there."""
    lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
    if not once:
        counts = pc.value_counts(chunk.indices)
        lengths = pc.multiply(lengths.take(counts.field("values")), counts.field("counts"))
    return int(pc.sum(lengths).as_py() or 0)


def _read_metadata(metadata: dict[bytes, bytes]) -> list[list[str]]:
    """Return the settings among a file's metadata, a name and a value each."""
    said = {
        key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
        for key, value in metadata.items()
    }
    try:
        attrs = json.loads(metadata.get(_ATTRS, b"{}"))
    except ValueError:  # another program's, under the same key
        attrs = {}
    if isinstance(attrs, dict):
        said |= {str(key): _say(value) for key, value in attrs.items()}
    own = {key: value for key, value in said.items() if key.startswith(_PREFIX)}
    return [[key.removeprefix(_PREFIX), value] for key, value in own.items()]


def _say(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_column(header: str, stored: Any) -> Column:
    name = mean_header(header) or header
    kind = stored.type
    if pa.types.is_dictionary(kind):
        if name in _ONCE and _is_text(kind.value_type):
            return _keep_texts(name, header, stored)
    elif pa.types.is_decimal(kind):
        # Decimals have their digits exact as texts.
        stored = stored.cast(pa.string())
    elif pa.types.is_boolean(kind):
        texts = pa.array(["FALSE", "TRUE"])
        stored = pa.chunked_array([texts.take(c.cast(pa.int8())) for c in stored.chunks])
    elif pa.types.is_nested(kind):
        stored = pa.chunked_array(
            [pa.array([None if v is None else str(v) for v in stored.to_pylist()], pa.string())]
        )
    encoded = _encode(stored)
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    values = encoded.dictionary.to_pylist()
    empty = {n for n, v in enumerate(values) if _is_blank(v)}
    return Column(name, header, "", *(without(codes, values, empty) if empty else (codes, values)))


def _encode(stored: Any) -> Any:
    """Return each different value once, and where it stands."""
    if not pa.types.is_dictionary(stored.type):
        return stored.combine_chunks().dictionary_encode()
    whole = stored.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no chunk
        return pa.array([], stored.type)
    once = whole.dictionary.dictionary_encode()
    # Who wrote it may have listed one value twice.
    if len(once.dictionary) == len(whole.dictionary):
        return whole
    return pa.DictionaryArray.from_arrays(once.indices.take(whole.indices), once.dictionary)


def _keep_texts(name: str, header: str, stored: Any) -> Column:
    """Make a column of texts that differ in every row, which nobody needs to list."""
    whole = stored.cast(pa.large_string()).combine_chunks()
    blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(whole), ""), True)
    codes = np.arange(len(whole), dtype=np.int32)
    codes[blank.to_numpy(zero_copy_only=False)] = BLANK
    return Column(name, header, "", codes, Texts(whole))


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))
