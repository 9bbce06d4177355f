"""Parquet: columns as they are stored, each different value looked at once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from h1224lib.errors import LedgerError
from h1224lib.ledger.columns import BLANK, Column, Texts, without
from h1224lib.ledger.guards import Limits
from h1224lib.ledger.headers import mean_header

_ONCE = ("project_id", "name")


def read_parquet(path: Path, limits: Limits) -> list[Column]:
    """Read the columns of a Parquet file.

    Parameters
    ----------
    path : Path
        The file; the names of its columns are headers.
    limits : Limits
        Of rows, judged by the file's own index.

    Returns
    -------
    list of Column
        In their order; texts that are blank are blank.

    Raises
    ------
    LedgerError
        It is damaged or beyond a limit.
    """
    try:
        source = pq.ParquetFile(path)
        limits.refuse_beyond("rows", source.metadata.num_rows, path.name)
        names = source.schema_arrow.names
        # One column at a time: no two stored copies of the whole stand side by side.
        return [_read_column(name, source.read([name], use_threads=True)[name]) for name in names]
    except (pa.ArrowException, OSError, KeyError) as error:
        raise LedgerError("ledger_damaged", file=path.name, reason=str(error)[:80]) from error


def _read_column(header: str, stored: Any) -> Column:
    name = mean_header(header) or header
    kind = stored.type
    if pa.types.is_dictionary(kind):
        stored = stored.cast(kind.value_type)
    elif pa.types.is_decimal(kind):
        # Decimals have their digits exact as texts.
        stored = stored.cast(pa.string())
    elif pa.types.is_boolean(kind):
        texts = pa.array(["FALSE", "TRUE"])
        stored = pa.chunked_array([texts.take(c.cast(pa.int8())) for c in stored.chunks])
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        if name in _ONCE:
            return _keep_texts(name, header, stored)
    elif pa.types.is_nested(kind):
        stored = pa.chunked_array(
            [pa.array([None if v is None else str(v) for v in stored.to_pylist()], pa.string())]
        )
    encoded = stored.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.chunked_array([encoded]).combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    values = encoded.dictionary.to_pylist()
    empty = {n for n, v in enumerate(values) if _is_blank(v)}
    return Column(name, header, "", *(without(codes, values, empty) if empty else (codes, values)))


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
