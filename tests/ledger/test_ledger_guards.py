"""Guards: what is no ledger, or too much of one, is refused before it is parsed."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from books import GOOD, rows_of, write_book

from h1224lib import load_plan
from h1224lib.errors import LedgerError
from h1224lib.ledger import Limits, read_ledger
from h1224lib.ledger.ooxml import read_ooxml
from h1224lib.ledger.parquet import read_parquet

PLAN = load_plan()
HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
FOOT = b"</sheetData></worksheet>"


def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "a.xlsx", {"台账": rows_of(GOOD)})


def refused(path: Path, limits: Limits | None = None) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        read_ledger(path, PLAN, limits)
    for lang in ("zh", "en"):
        assert caught.value.say(lang)[0]
    return caught.value


def replace_part(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, data in parts.items():
            package.writestr(part, data)
    return path


def sheet_of(tmp_path: Path, content: bytes) -> Path:
    return replace_part(book(tmp_path), "xl/worksheets/sheet1.xml", content)


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (Limits(bytes=100), "bytes"),
        (Limits(unpacked=1000), "unpacked"),
        (Limits(sheets=0), "sheets"),
        (Limits(cells=5), "cells"),
    ],
)
def test_each_limit_is_named_with_what_was_found(tmp_path, limits, limit):
    error = refused(book(tmp_path), limits)
    assert (error.key, error.values["limit"]) == ("ledger_over_limit", limit)
    assert f"Limits({limit}=" in error.say("en")[0]
    assert error.values["found"] > error.values["most"] == getattr(limits, limit)


def test_a_small_file_of_three_million_blank_cells(tmp_path):
    row = b"<row>" + b'<c s="1"/>' * 30 + b"</row>"
    path = sheet_of(tmp_path, HEAD + row * 100_000 + FOOT)
    assert path.stat().st_size < 200_000
    assert refused(path).values["limit"] == "ratio"
    error = refused(path, Limits(ratio=10_000, cells=2_000_000))
    assert error.values["limit"] == "cells"


def test_two_cells_at_far_corners_span_too_much(tmp_path):
    far = b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(sheet_of(tmp_path, HEAD + far + FOOT)).values["limit"] == "cells"


def test_merged_ranges_count_as_cells(tmp_path):
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="900"><c r="Z900"><v>1</v></c></row>'
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:Z900"/>' * 300 + b"</mergeCells>"
    path = sheet_of(tmp_path, HEAD + cells + merged + b"</worksheet>")
    assert refused(path).values["limit"] == "cells"


def test_a_zip_that_lies_about_its_size_is_counted_as_it_unpacks(tmp_path):
    path = sheet_of(tmp_path, HEAD + b" " * 50_000_000 + FOOT)
    raw = bytearray(path.read_bytes())
    size = (len(HEAD) + 50_000_000 + len(FOOT)).to_bytes(4, "little")
    assert raw.count(size) >= 1
    path.write_bytes(raw.replace(size, (1000).to_bytes(4, "little")))
    assert refused(path, Limits(unpacked=20_000_000, ratio=10_000)).values["limit"] == "unpacked"


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]
)
def test_entities_are_refused(tmp_path, part):
    path = book(tmp_path)
    with zipfile.ZipFile(path) as package:
        content = package.read(part)
    bomb = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>'
    head, _, rest = content.partition(b"?>")
    assert refused(replace_part(path, part, head + b"?>" + bomb + rest)).key == "ledger_entities"


def test_xml_in_another_encoding_cannot_hide_them(tmp_path):
    other = HEAD.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert refused(sheet_of(tmp_path, other)).key == "ledger_xml_encoding"


def test_rows_of_text_and_of_parquet(tmp_path):
    (tmp_path / "a.csv").write_text("名称,编号\n" * 50, encoding="utf-8")
    assert refused(tmp_path / "a.csv", Limits(rows=10)).values["limit"] == "rows"
    pd.DataFrame({"name": ["x"] * 50}).to_parquet(tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet", Limits(rows=10)).values["limit"] == "rows"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"%PDF-1.7", "ledger_other_format"),
        (b"\x89PNG\r\n", "ledger_other_format"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "ledger_other_format"),
        (b'<?xml version="1.0"?><Workbook/>', "ledger_other_format"),
        (b"PK\x03\x04broken", "ledger_damaged"),
        (b"PAR1broken", "ledger_damaged_parquet"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "ledger_encrypted"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "ledger_other_format"),
        (b"\xd0\xcf\x11\xe0" + "Workbook".encode("utf-16-le"), "ledger_damaged"),
        (b"\xff\xff\x81", "ledger_encoding"),
        (b'a,b\n"never closed,1\n', "ledger_damaged"),
        ("没有,列头\n1,2\n".encode(), "ledger_no_table"),
        (b"", "ledger_no_table"),
    ],
)
def test_what_is_no_ledger_says_what_it_is(tmp_path, content, key):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refused(path).key == key


def test_a_file_that_is_not_there(tmp_path):
    assert refused(tmp_path / "none.xlsx").key == "ledger_missing"
    assert refused(tmp_path).key == "ledger_missing"


def test_a_long_text_stored_once_and_shown_by_many_cells(tmp_path):
    # 300 cells that show the first text, of 8 MB: 2.4 GB, from a file of a few thousand bytes.
    path = book(tmp_path)
    text = b"<si><t>" + b"a" * 8_000_000 + b"</t></si><si><t>b</t></si>"
    head = b'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="x">'
    replace_part(path, "xl/sharedStrings.xml", head + text + b"</sst>")
    rows = b"".join(b'<row><c t="s"><v>0</v></c><c><v>1</v></c></row>' for _ in range(300))
    replace_part(path, "xl/worksheets/sheet1.xml", HEAD + rows + FOOT)
    assert path.stat().st_size < 20_000
    error = refused(path)
    assert error.values["limit"] == "unpacked"
    assert error.values["found"] > 2_400_000_000


def test_a_sheet_whose_part_is_spelt_otherwise_is_counted(tmp_path):
    far = b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = sheet_of(tmp_path, HEAD + far + FOOT)
    links = b'<Relationship Id="rId1" Target="worksheets/SHEET1.xml"/>'
    links = b'<?xml version="1.0"?><Relationships>' + links + b"</Relationships>"
    replace_part(path, "xl/_rels/workbook.xml.rels", links)
    assert refused(path).values["limit"] == "cells"


def test_cells_and_columns_of_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("名称,编号\n" + "," * 6_000_000, encoding="utf-8")
    assert refused(path).values["limit"] == "cells"
    path.write_text("名称,编号\n" + "," * 20_000, encoding="utf-8")
    assert refused(path).values["limit"] == "columns"
    # Commas within quotes part no cells.
    path.write_text('名称,编号\n甲,"' + "," * 1000 + '"\n', encoding="utf-8")
    assert refused(path, Limits(cells=4)).values["found"] == 5
    read = read_ledger(path, PLAN, Limits(cells=5))
    assert read.counts["rejected"] == 1


def write_same(path: Path, name: str, count: int, size: int, **options: Any) -> Path:
    words = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * size])
    pq.write_table(pa.table({name: words}), path, **options)
    return path


@pytest.mark.parametrize("name", ["项目编号", "备注"])
@pytest.mark.parametrize("stored", [True, False])
def test_a_long_text_of_parquet_that_stands_in_every_row(tmp_path, name, stored):
    path = write_same(tmp_path / "a.parquet", name, 50_000, 30_000, store_schema=stored)
    assert path.stat().st_size < 50_000
    error = refused(path)
    assert (error.values["limit"], error.values["found"]) == ("unpacked", 1_500_000_000)


def test_a_word_of_parquet_in_every_row_is_kept_once(tmp_path):
    path = write_same(tmp_path / "a.parquet", "区县", 50_000, 30_000)
    columns, _ = read_parquet(path, Limits(unpacked=40_000))
    assert (len(columns[0]), len(columns[0].values)) == (50_000, 1)


def survive(path: Path) -> int:
    """Read a damaged book; return whether it was refused."""
    try:
        read_ooxml(path, Limits())
    except LedgerError as error:
        assert error.say("en") and error.say("zh")
        return 1
    return 0


def test_damaged_books_raise_nothing_but_a_ledger_error(tmp_path):
    good = book(tmp_path).read_bytes()
    chance = random.Random(1)
    path = tmp_path / "b.xlsx"
    refusals = 0
    for _ in range(300):
        raw = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw[: chance.choice([len(raw), chance.randrange(len(raw))])])
        refusals += survive(path)
    assert 100 < refusals <= 300


def test_damaged_sheets_raise_nothing_but_a_ledger_error(tmp_path):
    with zipfile.ZipFile(book(tmp_path)) as package:
        good = package.read("xl/worksheets/sheet1.xml")
    chance = random.Random(2)
    refusals = 0
    for _ in range(100):
        raw = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        refusals += survive(sheet_of(tmp_path, bytes(raw)))
    assert 0 < refusals < 100


def test_a_file_that_is_cut_off(tmp_path):
    path = book(tmp_path)
    path.write_bytes(path.read_bytes()[:-30])
    assert refused(path).key == "ledger_damaged"
