"""Guards before parsing: what a file is by its content, and how much of it there may be."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from h1224lib.errors import LedgerError, SettingsError
from h1224lib.settings import FILE, LIMIT, load_settings

_PIECE = 4 * 2**20
_SMALL = 16 * 2**20
_SEALED = "EncryptedPackage".encode("utf-16-le")
_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
# First bytes of what is no ledger, and the word for it.
_OTHERS = (
    (b"{\\rtf", "document"),
    (b"%PDF", "document"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"SQLite format 3", "database"),
)


@dataclasses.dataclass(frozen=True)
class Limits:
    """How much a ledger's file may hold; what exceeds one is refused by its name.

    ``limit_cells = 20000000`` in the file ``h1224.toml`` beside a ledger raises one for it.

    Attributes
    ----------
    bytes : int
        Of the file itself.
    unpacked : int
        Bytes that a workbook or a Parquet file may unpack to, counted while unpacking, with texts
        that are stored once as often as cells show them.
    ratio : int
        How many times its packed size a workbook may unpack to, once that is over 16 MiB.
    sheets : int
        Sheets of a workbook.
    cells : int
        Cells of a workbook or a text file, blank ones inside and merged ones with them.
    rows : int
        Rows of a text or Parquet file.
    columns : int
        Columns of a text or Parquet file; a workbook cannot have more.
    """

    bytes: int = 512 * 2**20
    unpacked: int = 2**30
    ratio: int = 100
    sheets: int = 100
    cells: int = 5_000_000
    rows: int = 10_000_000
    columns: int = 16_384

    def refuse_beyond(self, what: str, found: float, file: str) -> None:
        """Raise where a quantity exceeds its limit.

        Raises
        ------
        LedgerError
            The message names the limit, what was found and how to raise it.

        Examples
        --------
        >>> Limits(sheets=2).refuse_beyond("sheets", 2, "a.xlsx")
        """
        most = getattr(self, what)
        if found > most:
            values = {"limit": what, "found": found, "most": most}
            write = f"{LIMIT}{what} = {_round_up(found)}"
            raise LedgerError("ledger_over_limit", file=file, settings=FILE, write=write, **values)


def _round_up(found: float) -> int:
    """Return twice what was found, in two digits: counting stops at the limit, not at the end."""
    most = 2 * int(found)
    step: int = 10 ** max(len(str(most)) - 2, 0)
    return (most // step + 1) * step


def read_limits(folder: Path) -> Limits:
    """Read the limits that the settings of a folder name; the others keep their defaults.

    Parameters
    ----------
    folder : Path
        Where the ledger is: ``h1224.toml`` may lie beside it.

    Raises
    ------
    SettingsError
        The file is no TOML, names a limit that there is not, or one that is no whole number
        above 0.

    Examples
    --------
    >>> read_limits(Path("no such folder")) == Limits()
    True
    """
    said = {n: v for n, v in load_settings(folder).items() if n.startswith(LIMIT)}
    known = [LIMIT + limit.name for limit in dataclasses.fields(Limits)]
    for name, value in said.items():
        if name not in known:
            raise SettingsError("unknown_setting", file=folder / FILE, found=name, known=known)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError("setting_no_limit", file=folder / FILE, found=name, value=value)
    return Limits(**{name.removeprefix(LIMIT): value for name, value in said.items()})


def tell_format(path: Path, limits: Limits) -> str:
    """Tell what a file is by its content, whatever its suffix says.

    Parameters
    ----------
    path : Path
        The file.
    limits : Limits
        Its size is judged before it is read.

    Returns
    -------
    str
        ``ooxml`` (.xlsx, and .et so saved), ``biff`` (.xls, .et), ``parquet`` or ``text``.

    Raises
    ------
    LedgerError
        It is not there, too large, encrypted, or none of these.
    """
    if not path.is_file():
        raise LedgerError("ledger_missing", file=str(path))
    limits.refuse_beyond("bytes", path.stat().st_size, path.name)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _tell_compound(path)
    if head.startswith(b"PK"):
        return "ooxml"
    if head.startswith(b"PAR1"):
        return "parquet"
    # Sheets of Excel 2 to 4, which no office keeps any more.
    for start, kind in (*_OTHERS, (b"\x09\x00\x04", "old"), (b"\x09\x02\x06", "old")):
        if head.startswith(start):
            raise LedgerError("ledger_other_format", file=path.name, found=kind)
    return "text"


def _tell_compound(path: Path) -> str:
    raw = path.read_bytes()
    if _SEALED in raw:
        raise LedgerError("ledger_encrypted", file=path.name)
    if not any(stream in raw for stream in _STREAMS):
        raise LedgerError("ledger_other_format", file=path.name, found="document")
    return "biff"


def _fold(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


class Package:
    """The parts of a zipped workbook, unpacked no further than the limits allow.

    The sizes that a zip declares are its own word: bytes are counted as they come out.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.file = path.name
        self.limits = limits
        self.raw = path.read_bytes()
        self.unpacked = 0
        self._checked: set[str] = set()
        try:
            with ZipFile(path) as package:
                listed = package.infolist()
        except (BadZipFile, NotImplementedError, ValueError) as error:
            raise LedgerError("ledger_damaged", file=self.file, reason=str(error)[:80]) from error
        self.entries = {entry.filename: entry for entry in listed}
        self._spelt = {_fold(name): name for name in self.entries}
        if len(self._spelt) < len(listed):  # readers differ in which of two they take
            raise LedgerError("ledger_damaged", file=self.file, reason="two parts of one name")
        if any(entry.flag_bits & 1 for entry in self.entries.values()):
            raise LedgerError("ledger_encrypted", file=self.file)
        if "xl/workbook.xml" not in self.entries:
            found = "ods" if "content.xml" in self.entries else "archive"
            found = "xlsb" if "xl/workbook.bin" in self.entries else found
            raise LedgerError("ledger_other_format", file=self.file, found=found)

    def find(self, name: str) -> str:
        """Return the name under which a part is stored: readers look no closer than at letters.

        Parameters
        ----------
        name : str
            As another part spells it.
        """
        return self._spelt.get(_fold(name), name)

    def check_all(self) -> None:
        """Unpack what has not been unpacked yet, to count it and to look for entities."""
        for name in self.entries:
            if name not in self._checked:
                for _ in self.pieces(name):
                    pass

    def read(self, name: str) -> bytes:
        """Return a part as it is unpacked."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a part in pieces; the first time, what it unpacks to is counted.

        Raises
        ------
        LedgerError
            Too much comes out, the part is damaged, or it is XML with a DTD or not in UTF-8.
        """
        first = name not in self._checked
        is_read = not name.startswith("xl/media/")
        tail = b""
        for piece in self._inflate(self.entries[name]):
            if first:
                self._count(len(piece))
                if is_read:
                    self._check_xml(tail + piece, name.endswith(".xml") and not tail)
                    tail = piece[-16:]
            yield piece
        self._checked.add(name)

    def _count(self, size: int) -> None:
        self.unpacked += size
        self.limits.refuse_beyond("unpacked", self.unpacked, self.file)
        if self.unpacked > _SMALL:
            self.limits.refuse_beyond("ratio", self.unpacked // len(self.raw), self.file)

    def _check_xml(self, piece: bytes, start: bool) -> None:
        if start:
            text = piece[3:] if piece.startswith(b"\xef\xbb\xbf") else piece
            prolog = text[:100].lower()
            other = b"encoding=" in prolog and b"utf-8" not in prolog and b"ascii" not in prolog
            if text and (not text.lstrip().startswith(b"<") or b"\0" in prolog or other):
                raise LedgerError("ledger_xml_encoding", file=self.file)
        if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
            raise LedgerError("ledger_entities", file=self.file)

    def _inflate(self, entry: ZipInfo) -> Iterator[bytes]:
        at = entry.header_offset
        names = (self.raw[at + 26 : at + 28], self.raw[at + 28 : at + 30])
        start = at + 30 + sum(int.from_bytes(length, "little") for length in names)
        packed = self.raw[start : start + entry.compress_size]
        if entry.compress_type == 0:
            yield packed
            return
        if entry.compress_type != zlib.DEFLATED:
            raise LedgerError("ledger_damaged", file=self.file, reason=entry.filename)
        stream = zlib.decompressobj(-15)
        try:
            while not stream.eof:
                piece = stream.decompress(packed, _PIECE)
                packed = stream.unconsumed_tail
                if not piece and not packed:
                    break
                yield piece
        except zlib.error as error:
            raise LedgerError("ledger_damaged", file=self.file, reason=str(error)[:80]) from error
