"""Rows of a printed matrix: the industry and project type that each stands under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from h1224lib.plan.book import Cell, Log, Place
from h1224lib.plan.headers import Band, is_words
from h1224lib.plan.names import Names
from h1224lib.plan.spelling import is_of_which, plain

Key = tuple[str, str]  # industry, project type
SIDES = ("industry", "project_type")


@dataclass
class Reading:
    """What is known on the way through a workbook."""

    log: Log
    names: Names
    industry_seen: bool = False


@dataclass
class _State:
    """What is known on the way down one part.

    Parameters
    ----------
    headings : dict
        Dimension -> the cell of a heading that may hold for the rows below it; ``other`` for
        one that no row below can take back.
    told : set
        Headings that have been told as problems.
    above : tuple, optional
        Industry and type of the last row that says them itself: what "of which" is part of.
    """

    headings: dict[str, Place] = field(default_factory=dict)
    told: set[Place] = field(default_factory=set)
    above: Key | None = None


def read_rows(band: Band, reading: Reading) -> Iterator[tuple[int, list[int], Key]]:
    """Yield each row of numbers with its columns and what it stands under; log the others.

    A heading without numbers may hold for the rows below it or not, so that a row which does not
    name an industry, or type, itself is refused under a heading that does. So it is where
    only a title or the sheet's name says it for all rows.
    """
    state = _State()
    lacking = _lack_of_titles(band, reading)
    continued = _find_continued(band, reading.names)
    for row in range(band.bottom + 1, band.last + 1):
        filled, labels = _filled(band, row), _labels(band, row)
        values = [c for c in filled if not is_words(band.sheet.at(row, c))]
        if not values and _is_third_header(band, row, filled, reading):
            return
        texts = {*labels, *(band.sheet.origin(row, c) for c in filled)}
        if not values and (not filled or _is_remark(band, labels, texts, reading.names)):
            for place in texts:
                text = band.sheet.at(*place).text
                state.headings |= dict.fromkeys(reading.names.headed(text), place)
                if reading.names.contradicts(text):
                    state.headings["other"] = place
            continue
        cells = [c for c in filled if c in band.columns]
        labels = [*continued.get(row, []), *labels]
        key = _read_labels(band, row, labels, state, reading) if cells else None
        if key is None or any(_is_whole(key, dimension) for dimension in lacking):
            continue
        if row in band.sheet.hidden_rows:
            reading.log.note("matrix_hidden", band.sheet, (row, band.first_column))
            continue
        yield row, cells, key


def _filled(band: Band, row: int) -> list[int]:
    """Return the columns right of the labels that show something of their own in a row."""
    return [
        column
        for column in range(band.first_column, band.sheet.width + 1)
        if band.sheet.origin(row, column)[1] >= band.first_column
        and _shows(band.sheet.at(row, column))
    ]


def _shows(cell: Cell) -> bool:
    return bool(cell.text or cell.trouble)


def _labels(band: Band, row: int) -> list[Place]:
    """Return the cells left of the numbers that a row stands under, each once."""
    origins = [band.sheet.origin(row, column) for column in band.label_columns]
    return list(dict.fromkeys(o for o in origins if _shows(band.sheet.at(*o))))


# An industry written once


@dataclass
class _Block:
    """A row that names an industry, and the rows of types right below it that name none."""

    industry: str
    label: Place
    rows: list[int]
    types: list[str]


def _find_continued(band: Band, names: Names) -> dict[int, list[Place]]:
    """Let an industry that is written once hold for the rows below, as a merged cell would.

    Only where nothing else is possible: every industry is written once, all in one column with
    the types right of it, and has the same types in the same order, but for those that the
    plan says it lacks. A total of all industries among them would break that order.
    """
    blocks = list(_list_blocks(band, names))
    longest = max((block.types for block in blocks), key=len, default=[])
    alike = all(
        block.types
        == [t for t in longest if t == "all" or t in names.types.get(block.industry, [t])]
        for block in blocks
    )
    once = len({block.industry for block in blocks}) == len(blocks) > 1
    if not (alike and once and len({block.label[1] for block in blocks}) == 1):
        return {}
    return {row: [block.label] for block in blocks for row in block.rows}


def _list_blocks(band: Band, names: Names) -> Iterator[_Block]:
    block: _Block | None = None
    for row in range(band.bottom + 1, band.last + 1):
        labels = _labels(band, row) if _filled(band, row) else []
        codes = {label: _codes(band.sheet.at(*label), names) for label in labels}
        named = [label for label in labels if codes[label].get("industry", "all") != "all"]
        types = [codes[label].get("project_type") for label in labels]
        said = [code for code in types if code]
        if named:
            if block:
                yield block
            block = _Block(codes[named[0]]["industry"], named[0], [], said)
        elif block and said == types and len(said) == 1 and labels[0][1] > block.label[1]:
            block.rows.append(row)
            block.types += said
        elif block:
            yield block
            block = None
    if block:
        yield block


# What stands between, above and around the rows of numbers


def _is_remark(band: Band, labels: list[Place], texts: set[Place], names: Names) -> bool:
    """Tell a title or remark, one text in a row, from a row whose numbers cannot be read."""
    return len(texts) == 1 and not any(_codes(band.sheet.at(*label), names) for label in labels)


def _is_third_header(band: Band, row: int, filled: list[int], reading: Reading) -> bool:
    """Tell and log a row that divides the columns once more, by industry or type."""
    cells = dict.fromkeys(band.sheet.origin(row, c) for c in filled if c in band.columns)
    named = [c for c in cells if set(_codes(band.sheet.at(*c), reading.names)) & set(SIDES)]
    if len(named) < 2:
        return False
    found = band.sheet.at(*named[0]).text
    reading.log.note("matrix_third_header", band.sheet, named[0], found)
    return True


def _lack_of_titles(band: Band, reading: Reading) -> list[str]:
    """Return the dimensions that a title or the sheet's name says, and no row of the part."""
    said: dict[str, tuple[str, Place]] = {}
    texts = [(place, band.sheet.at(*place).text) for place in band.titles]
    for place, text in [((band.top, 1), band.sheet.name), *texts]:
        for dimension in reading.names.headed(text):
            said[dimension] = (text, place)
    rows = [row for row in range(band.bottom + 1, band.last + 1) if _filled(band, row)]
    labels = {band.sheet.at(*origin) for row in rows for origin in _labels(band, row)}
    codes = [_codes(label, reading.names) for label in labels]
    lacking = [d for d in said if all(meant.get(d, "all") == "all" for meant in codes)]
    for text, place in dict.fromkeys(said[dimension] for dimension in lacking):
        reading.log.note("matrix_title", band.sheet, place, text)
    return lacking


def _is_whole(key: Key, dimension: str) -> bool:
    return key[SIDES.index(dimension)] == "all"


# Labels


def _codes(cell: Cell, names: Names) -> dict[str, str]:
    meant = {dimension: names.code(dimension, cell.text) for dimension in SIDES}
    found = {dimension: code for dimension, code in meant.items() if code}
    return found or ({"measure": names.measure} if plain(cell.text) in names.called else {})


def _read_labels(
    band: Band, row: int, labels: list[Place], state: _State, reading: Reading
) -> Key | None:
    """Return the industry and project type of a row, or None with the reason noted."""
    above, state.above = state.above, None
    meant = _read_names(band, row, labels, reading)
    if meant is None:
        return None
    found = " ".join(band.sheet.at(*label).text for label in labels)
    at = (row, labels[0][1])
    if any(is_of_which(band.sheet.at(*label).text) for label in labels):
        state.above = above
        key = _join(above, meant)
        if key is None:
            reading.log.note("matrix_of_which", band.sheet, at, found)
        return key
    for dimension, heading in state.headings.items():
        if meant.get(dimension, "all") == "all":
            if heading not in state.told:
                state.told.add(heading)
                text = band.sheet.at(*heading).text
                reading.log.note("matrix_heading", band.sheet, heading, text, below=row)
            return None
    # Before the first industry, a row without one is a total. After it, it may as well continue
    # the industry above, across a page break too: then the row has to say which.
    if "industry" not in meant and reading.industry_seen:
        reading.log.note("matrix_no_industry", band.sheet, at, found)
        return None
    state.above = (meant.get("industry", "all"), meant.get("project_type", "all"))
    reading.industry_seen |= state.above[0] != "all"
    return state.above


def _read_names(
    band: Band, row: int, labels: list[Place], reading: Reading
) -> dict[str, str] | None:
    """Return the one code that a row's labels mean in each dimension that they name."""
    meant: dict[str, set[str]] = {}
    if not labels:
        reading.log.note("matrix_no_label", band.sheet, (row, 1))
        return None
    for label in labels:
        cell = band.sheet.at(*label)
        codes = {} if cell.trouble else _codes(cell, reading.names)
        if not codes:
            known = [n for d in SIDES for n in reading.names.known[d]]
            at = (row, label[1])
            reading.log.note("matrix_unknown_label", band.sheet, at, cell.text, known=known)
            return None
        for dimension, code in codes.items():
            meant.setdefault(dimension, set()).add(code)
    narrowed = {dimension: codes - {"all"} or codes for dimension, codes in meant.items()}
    if any(len(codes) > 1 for codes in narrowed.values()):
        found = " ".join(band.sheet.at(*label).text for label in labels)
        reading.log.note("matrix_two_labels", band.sheet, (row, labels[0][1]), found)
        return None
    return {dimension: next(iter(codes)) for dimension, codes in narrowed.items()}


def _join(above: Key | None, meant: dict[str, str]) -> Key | None:
    """Return what a part of the row above is; None where that row does not hold it."""
    if above is None:
        return None
    said = [meant.get(dimension, "all") for dimension in SIDES]
    if all(code == "all" for code in said):
        return None
    if any(s != "all" and a not in ("all", s) for s, a in zip(said, above, strict=True)):
        return None
    return (said[0] if above[0] == "all" else above[0], said[1] if above[1] == "all" else above[1])
