#!/usr/bin/env python3
"""Turn a Swingtag backup into tables, JSON and photos, without Swingtag.

    pip install cryptography
    python3 swingtag_rescue.py my.swingbackup rescued

It asks for the password under which the backup was made; with --kit, for the 24 words of the
emergency kit. The folder it writes to must not exist. Parts of the backup that are damaged are
left out. What is missing is told at the end, and stands in report.txt; the exit code is then 3.
Pictures come under photos, by the file ids of photo.csv: small ones under photos/small where there
is no whole original, those with a hole under photos/incomplete, and those whose record was damaged
under photos/unknown. The layout of a backup stands in docs/format.md of Swingtag.

Needs Python 3.11 or later and the package cryptography 50 or later, and nothing else.
"""

import argparse
import base64
import csv
import getpass
import hashlib
import hmac
import json
import struct
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    sys.exit("This needs a newer package: python3 -m pip install 'cryptography>=50'")

MAGIC, MARK = b"SWBK\x01", b"SWBC"
LARGEST = 64 * 1024 * 1024
LACKS = {
    "incomplete": "Pictures that have a hole or end early: {}.",
    "unknown": "Pictures whose records are damaged: {}.",
    "lacking": "Originals that the device had not, or damaged, when it made this backup: {}. Where"
    " it had the small picture, that is under photos/small. Their file ids are:",
}
KIT_WORDS = 24
MEMORY_KIB, PASSES = range(65_536, 1_048_577), range(3, 17)
UNLOCK = struct.Struct(">4sBII16s")
PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"RIFF": ".webp", b"GIF8": ".gif"}


class RescueError(Exception):
    """Said to the person, instead of going on."""


# -- The keys ------------------------------------------------------------------------------------


def labelled(purpose: str, *parts: bytes) -> bytes:
    """Return L(purpose, part, ...) of the format."""
    pieces = (b"swingtag/1/" + purpose.encode(), *parts)
    return b"".join(len(piece).to_bytes(4) + piece for piece in pieces)


def derive(key: bytes, purpose: str, *context: bytes, salt: bytes = b"", length: int = 32) -> bytes:
    """Return D(key, purpose, ...) of the format."""
    return HKDF(SHA256(), length, salt, labelled(purpose, *context)).derive(key)


def open_sealed(key: bytes, purpose: str, context: bytes, sealed: bytes) -> bytes:
    """Open what was sealed; raise RescueError if the key does not fit."""
    made = derive(key, purpose, context, salt=sealed[:24], length=76)
    if not hmac.compare_digest(made[44:], sealed[24:56]):
        raise RescueError("That password does not fit. Check Caps Lock and the keyboard layout.")
    return AESGCM(made[:32]).decrypt(made[32:44], sealed[56:], context)


def key_by_password(about: dict[str, Any], password: str) -> bytes:
    """Open the password box, and with what is in it the key of the backup."""
    box = about["unlock"]
    _, _, memory, passes, salt = UNLOCK.unpack(box[: UNLOCK.size])
    if memory not in MEMORY_KIB or passes not in PASSES:
        raise RescueError("The password box of this backup is not acceptable; it was changed.")
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    argon = Argon2id(salt=salt, length=32, iterations=passes, lanes=4, memory_cost=memory)
    stretched = argon.derive(typed)
    database = open_sealed(stretched, "unlock", box[: UNLOCK.size], box[UNLOCK.size : -32])
    return open_sealed(database, "backup/password", box, about["sealed"])


def key_by_words(about: dict[str, Any], typed: str) -> bytes:
    """Open the kit's box with the key that the 24 words stand for."""
    secret = secret_of(typed)
    seed = derive(secret, "paper/box", length=96)
    private = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(seed[:64]),
        X25519PrivateKey.from_private_bytes(seed[64:]),
    )
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    try:
        return suite.decrypt(about["kit"], private, labelled("backup/kit", about["unlock"]))
    except (InvalidTag, ValueError):
        raise RescueError("These words are of another collection, or of an older kit.") from None


def secret_of(typed: str) -> bytes:
    """Return the 32 bytes that 24 words stand for. Four letters of each are enough."""
    letters = zlib.decompress(base64.b85decode(WORDS)).decode()
    places = {letters[at : at + 4].strip(): at // 4 for at in range(0, len(letters), 4)}
    words = [word.strip(".,;:").lower() for word in typed.split()]
    words = [word[:4] for word in words if word and not word.isdecimal()]
    if len(words) != KIT_WORDS or not all(word in places for word in words):
        raise RescueError("These are not the 24 words of a kit. Compare each with the sheet.")
    bits = 0
    for word in words:
        bits = bits << 11 | places[word]
    secret = (bits >> 8).to_bytes(32)
    if hashlib.sha256(secret).digest()[0] != bits & 0xFF:
        raise RescueError("One of the 24 words is wrong. Compare each with the sheet.")
    return secret


# -- The file ------------------------------------------------------------------------------------


def read_head(source: BinaryIO) -> tuple[bytes, dict[str, Any]]:
    """Return the head, and what it says to anybody."""
    start = source.read(len(MAGIC) + 4)
    size = int.from_bytes(start[len(MAGIC) :])
    if not start.startswith(MAGIC) or size > LARGEST:
        raise RescueError("That is no backup of Swingtag, or its first bytes are damaged.")
    body, digest = source.read(size), source.read(32)
    if hashlib.sha256(body).digest() != digest:
        raise RescueError("The beginning of this backup is damaged. Use another backup.")
    return start + body + digest, json.loads(body, object_hook=from_json)


def from_json(value: dict[str, Any]) -> Any:
    """Turn bytes, written as text, into bytes."""
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


def framed(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield number and sealed bytes of each chunk; look for the next mark behind damage."""
    at = source.tell()
    while True:
        source.seek(at)
        frame = source.read(12)
        if len(frame) < len(MARK):
            return
        size = int.from_bytes(frame[8:])
        if frame.startswith(MARK) and size <= LARGEST:
            sealed, follows = source.read(size), source.read(4)
            if len(sealed) == size and follows in {b"", MARK}:
                yield int.from_bytes(frame[4:8]), sealed
                at += 12 + size
                continue
        at = next_mark(source, at + 1)


def next_mark(source: BinaryIO, at: int) -> int:
    """Return where the next mark stands, or the end of the file."""
    source.seek(at)
    rest = b""
    while block := source.read(1 << 20):
        found = (rest + block).find(MARK)
        if found >= 0:
            return at - len(rest) + found
        at += len(block)
        rest = (rest + block)[-3:]
    return at


# -- What comes out ------------------------------------------------------------------------------


class Photos:
    """Writes pictures as their pieces come, and sorts them once all have come."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written before the first piece."""
        self.folder = folder
        self.small: dict[bytes, bytes] = {}
        """The originals that records speak of, each with its thumbnail."""
        self.left: dict[bytes, int] = {}
        """How many bytes of each file have not come."""

    def take(self, line: dict[str, Any]) -> None:
        """Note what a photo's record speaks of, unless its pictures were deleted for good."""
        fields = line["fields"]
        emptied = line["deleted"] and fields.get("emptied") is True
        if line["kind"] == "photo" and isinstance(fields.get("file"), bytes) and not emptied:
            self.small[fields["file"]] = fields.get("thumb_file", b"")

    def write(self, piece: bytes) -> None:
        """Put a piece of a picture where it belongs. The file id is its name."""
        file, size, at = piece[:16], int.from_bytes(piece[16:24]), int.from_bytes(piece[24:32])
        path = self.folder / file.hex()
        self.folder.mkdir(exist_ok=True)
        with path.open("r+b" if path.exists() else "xb") as target:
            target.seek(at)
            target.write(piece[32:])
        self.left[file] = self.left.get(file, size) - len(piece) + 32

    def sort(self) -> tuple[int, dict[str, list[str]]]:
        """Give each picture its place; return how many originals are whole, and what is odd."""
        lacking = {file for file in self.small if self.left.get(file, 1) > 0}
        thumbs = {thumb for thumb in self.small.values() if thumb not in self.small}
        needed = {self.small[file] for file in lacking}
        odd: dict[str, list[str]] = {place: [] for place in LACKS}
        for file, left in self.left.items():
            path = self.folder / file.hex()
            if left > 0:
                odd["incomplete"].append(move(path, "incomplete"))
            elif file in self.small:
                move(path, "")
            elif file not in thumbs:
                odd["unknown"].append(move(path, "unknown"))
            elif file in needed:
                move(path, "small")
            else:
                path.unlink()  # its original is here
        odd["lacking"] = sorted(file.hex() for file in lacking - self.left.keys())
        return len(self.small) - len(lacking), odd


def move(path: Path, place: str) -> str:
    """Move a picture to its place, with the ending that its first bytes ask for."""
    with path.open("rb") as source:
        start = source.read(4)
    ending = next((end for head, end in PICTURES.items() if start.startswith(head)), ".bin")
    target = path.parent / place / (path.name + ending)
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    return target.relative_to(path.parents[1]).as_posix()


class Rescue:
    """Writes what is whole of a backup into a folder."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, which must not exist."""
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise RescueError(f"{folder} is there already; nothing is overwritten.") from None
        self.folder = folder
        self.kinds: dict[str, list[dict[str, Any]]] = {}
        self.photos = Photos(folder / "photos")
        self.found: set[int] = set()
        self.ended = False

    def read(self, source: BinaryIO, head: bytes, key: bytes) -> None:
        """Open every chunk."""
        aead, context = AESGCM(derive(key, "backup")), hashlib.sha256(head).digest()
        for number, sealed in framed(source):
            try:
                plain = aead.decrypt(number.to_bytes(12), sealed, context + number.to_bytes(4))
            except InvalidTag:
                continue
            self.found.add(number)
            kind = plain[:1]
            if kind == b"L":
                for line in zlib.decompress(plain[1:]).split(b"\n"):
                    self.take(json.loads(line, object_hook=from_json))
            elif kind == b"P":
                self.photos.write(plain[1:])
            elif kind == b"E":
                self.ended = True

    def take(self, line: dict[str, Any]) -> None:
        """Take a record; what serves Swingtag alone is passed by."""
        if "kind" in line:
            self.kinds.setdefault(line["kind"], []).append(line)
            self.photos.take(line)

    def write_tables(self) -> None:
        """Write all records as JSON, and each kind as a table."""
        told = json.dumps(self.kinds, default=bytes.hex, indent=1, ensure_ascii=False)
        (self.folder / "collection.json").write_text(told, encoding="utf-8")
        for kind, lines in self.kinds.items():
            name = "".join(letter for letter in kind if letter.isalnum()) or "other"
            columns = sorted({field for line in lines for field in line["fields"]})
            path = self.folder / f"{name}.csv"
            with path.open("w", newline="", encoding="utf-8-sig") as target:
                table = csv.writer(target)
                table.writerow(["id", "deleted", *columns])
                for line in lines:
                    values = [cell(line["fields"].get(column)) for column in columns]
                    table.writerow([line["id"].hex(), line["deleted"], *values])

    def report(self) -> tuple[str, bool]:
        """Return what was rescued, and whether that is everything; write it into the folder."""
        parts = [f"{len(lines)} {kind}" for kind, lines in sorted(self.kinds.items())]
        whole, odd = self.photos.sort()
        told = [f"Rescued into {self.folder}: {', '.join(parts) or 'nothing'}."]
        told += [f"Photos whose original is whole: {whole}."]
        gone = sorted(set(range(max(self.found, default=0) + 1)) - self.found)
        if gone:
            told += [f"Parts of the backup that are damaged: {', '.join(map(str, gone))}."]
        if not self.ended:
            told += ["The end of the backup is missing."]
        if gone or not self.ended:
            told += ["Restore it in Swingtag as well: the history in it may tell what is missing."]
        for place, says in LACKS.items():
            if names := odd[place]:
                told += [says.format(len(names)), *(f"  {name}" for name in names)]
        (self.folder / "report.txt").write_text("\n".join(told) + "\n", encoding="utf-8")
        return "\n".join(told), self.ended and not gone and not any(odd.values())


def cell(value: Any) -> Any:
    """Return a value for a table; text that a spreadsheet would run gets a quote in front."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return "" if value is None else value


def main() -> int:
    """Read the command line and rescue."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("backup", type=Path, help="a file whose name ends in .swingbackup")
    parser.add_argument("folder", type=Path, help="where to write; it must not exist")
    parser.add_argument("--kit", action="store_true", help="ask for the 24 words of the kit")
    parser.add_argument("--stdin", action="store_true", help="read password or words from stdin")
    asked = parser.parse_args()
    try:
        with asked.backup.open("rb") as source:
            head, about = read_head(source)
            prompt = "The 24 words: " if asked.kit else "Password: "
            typed = input() if asked.stdin else getpass.getpass(prompt)
            key = (key_by_words if asked.kit else key_by_password)(about, typed)
            rescue = Rescue(asked.folder)
            rescue.read(source, head, key)
        rescue.write_tables()
        told, whole = rescue.report()
    except RescueError as trouble:
        sys.exit(str(trouble))
    except OSError as trouble:
        sys.exit(f"{trouble.strerror}: {trouble.filename}")
    except EOFError:
        sys.exit("Nothing was typed. Where there is no terminal, give it to --stdin.")
    except KeyboardInterrupt:
        sys.exit("\nStopped. What was written so far stays in the folder.")
    sys.stdout.write(told + "\n")
    return 0 if whole else 3


WORDS = (
    "c-k%53zD>~5=GIeI5kvMx>WpmlwIHG@3Q(v#||h!<e7QW4r4gOnD#L4F^sw69mXnOGa8ij8m1{CA)|+BlTUM)JTv"
    "`=qPz`I-ky9x4|BM}JP$}HVg6Be$oD<W?|>AdXO|^FT0&Su3Tqs2hPA}7#Sqdlgj61`km?@xP{Ka;up7@F<x>p%K"
    "Hy1}9mr?cuPyBQ*v)5e(mRABH2e#P`os7S^V2e%(}onzHNx+;gfkuCe94~~J)F6Pv)<v<*J-ZjFFu1=mT=`gTvx="
    "C`dv~e`YclmhJZ7awTEIZ<%r1mgklWEyo*NVdB%DaYgxRbct>e>sIMVZeb*ZBqzOILwuQFsp=Gmb0TBr$bnorfy?"
    "bXr<+bhhrrVddHGAg?Dcs?Of={?(4foQ+{kp?%s$&>Gqs>Mh!@Q1R9Y#xq3Hun1@q2_U&KQci5}{owW2o{q;WZl2"
    "=mg<JALA5|#~7C}F48rPaZ|QQ_XlOWXHL(Yag0^I6+G!Z#!nv8^cmAUjOi7}bk1YS`<RNfv@vP7d!JK=11IYDnD0"
    "@V{LUHjxsQ8~D5#^=M;r6}8FSjlY>wF&^4Z6nU(m*Ta!Js(`t5zWpJV<V#{3yZrymI?D&C{*MI1{~mu5Wq71~(ql"
    "9lVfWWSBA<c51J#?;4g?DLFu?8`EC<LbMz{RMgR@29+Rb?e`YXX=22&)AKxf8yBx{j>5T686a@om{jjys-PdA5%E"
    "wk829&fPe`zPB=8@8=uLchkh=76m5%si*{v&=SzXQs=vBH+xq<OQ)t>Z&o_NH^-X#AT(6LS$0??Lio4W!;#twASm"
    "gD&g@hf)_ttJ9<NDsVEmUaZz-@6t!~%6uT~d~m>3>U}&-%)qw*gyM*Y(%SlvXCroKs=>TEb^a?=<b<;X=WU&*WUe"
    "@A#f}{j*0{aNvaYS$SSj(a_=fK0-Tl-_1RLt!$n0^EbOC%Q88KIHzonvX1iJC+8CC5A{dFfosb4E8DMpDnD0v&iZ"
    "BRm+hT14E<c%UY{vDtl7HeqMbd<_Q-i=+Vx{Ca@Wp!WaG>BC4chd5zJU{;6z2kjenE#4sEP|iOQ@?u^!Gkw96Ody"
    "~sJAiuaYSZBNk7yPf^1d<N9%u^N4EQ@;j`Q`ccP-tIi~@}9ag){VV8Pj+Mu^Dr~?xMst{ItLfeS)84<Io#(QKEuo"
    "_%q$g()s{{X3H!79P#&=;Uz9JOIj(*)E^O5ty(1pd^PxdKw-+z%FVA1fu0BWacKo2cKKU0esBhXg<?jb|@62+q*m"
    "0oD$+%LiXmeVYIjsrjoOb1>^z@7cXaD9@119)wzNzY?s`tL+eaU;AWhndiZ_ZOgpYuA*&KRzlOPRSyypZS2=w<ye"
    "m$P%gn=e>#pyHnGIpmYNwBy8u_iVps`#RgtxlgaTALHE5INQhBzRiw4J~Ll5f6fruCAeAT;f!C0SULLoq#qYJ+a3"
    "mjah|oElLhQkq$A?G4l%7;Ol^xSc(jvWQ?kbu2QIvAUyFN<@fZU#idy6rk4wu-+0}S%ZYVH8^MD<hTROn2d*8VRq"
    "<C)9AHNxZGxvBh@@Mh8%C`u=n`hoJUN(nxLgI}FR8q(>vB)$)Ed6p^Lge!i9h2aQl-L-r?-8-_@BG3Ze~s;z;r^W"
    ">HY6yYdi*u-U(fv-+plMTJ;%4B#b5LMy_8>`yVRNUuQ~r-+8gh$v3}x!apAoduR&j&)+MA9ZQ(ai7q3S`Uic17P+"
    "yM4om<#^1Uz}|y64_`p;#7o?|Zvq957>F+^dEEUrc<7P5M@U4-0j$q^T`Qo3!@DbZ|h~88AcHxgss@1k{(hxD(ix"
    "WGtzjOZpv_J*+rT(ePe&!emd%)3uP3n2>QVdr#2zGf=F@;@&Lo&B8`6d7mN8(%hC@CQvwK#S2fF_T^sa2Ke2bAme"
    "bCa4aSMhq^dAIG2)@=O<O>{U!ff*vO@uf49#4JeOV`J_~KP(rF~L6KP`hX0<PCxQ3O)!-yHm%dv*4yk09GjBRBX*"
    "YM9JIUf=V8v1G<)-BidQOId&Yg*UUYu2RSq(3%=YM#H!nQug0nMWKeIfo48`Hg#}xmG%B&GWokx7C`Vu5{I!jmi3"
    "~?97_)M~RP^kRDZz3l;AtL;#EIUDgb3<;u}<ul&fPy4N1-+O?sb&{k`=evX0aOyoo%Cl+$zKqV<=azgM>M#vXs<x"
    "N&-|E5&$*CvD@F=p&2cyA2R_BA}avi-od#d9D%@|Na#Q$=>{TRPq1YuKF4jXmD-IBt1*ZPo!13H!#sZ_FEcqWqGU"
    "69v^)T<~mD-jx|wABW9OZT$!sk;$1ED;ilN?|D9RBP+MhqekOEJUq@T{5i4R3{IzcA3%lePZYGKg9ti~h@K8%7~2"
    "RQ{pys-_EkCOSEW2wKO({JxqmIi={7m(iH(GM{hdG3AN7Z_Q{H>er$0vVtjemgs-Jp6`=+cZYude~Z*_tg_u~l*x"
    "wt)vi&(aUYb!rtdi{j8|InvD;orX>dj)UZrFZ<v<M5-WA7=E&8vfAkKQy)xO+Wp(eykf3UO#-)%h7wW;<#RH(kp("
    "3SDIcgaR|<r$zpvO#EXr=goyS^cY2*MzL=yJ8I4;cHGq;B1&{NL&rXXoN7vsqy4v4W;-=Wl-TlPLM7iC!XK(r2%s"
    "=Y?eK<<H$6Wn6%{Q0VSVyb_!k_!IQXJg==g2tN)9=jiS7~d1Zqf69k(iX*Ov^)K61QEv<w^^oj$}h$d&<1sf8D~X"
    "_k4Pu|0n!57E!aSUztz8rx*E~gyo{U^Dze(8QjQV?aayf-Sa0<wy&KTB8i1#0&_BO@4tQjIBFC<RWf{!V_2V4Gh="
    "^F&k=qomKU#a9D;Ujg!k?-R#dnZm$qfZ1m#bk<%M#HQ=wgLf@$>*5u1qe1lNav_+T4F?lVqQGzxq>B9%#i5EgFiu"
    "Iv~gf69BW&;Tp6@vc}s<6U$gHtKQ4X+>YykM#T*yGsJ<ULWi%%E5J`q8<Df{Qhl+i1;8MAU%fX?T2fD7b>*L=Rxm"
    "7U6HT<kvbc+Yx%Gb(DtqVosMp9;?1KwF|_wVjziw~#g<Uk`tecrk^i*q4C!s<$))RcTG!Khp3W}%`4w{0a}8!5CS"
    "Z5#+ZnHolzN|h%o*E&`;1-w%@f`ABt%Z<kVo21Q9CP9zpKJ7p1B-oC)xD<Ji{JBJMT0P*K9aNT2^p8#l>fDLk_PY"
    "e?KDpMBODvbb@>fd3-04TF+AyR5owOMF=(^BITt;#&O86@L{e87KZ}+Snkw>UeWO$EPH-#1wPF73F_ByuFI)!$rc"
    "#$C?#S=5|Cd5*B8I;uY65=F^!lzX)dP0g_>Rc@3h|fyw3qK|9;kN{qw(kiptyb(e0w2ukQylRzzHXxeHKsCTMfT?"
    "`Nw}p7aH6i}G48=N}uiZOWVSuKca-=eUG+I8mOjQp9vJ&Ea}>oo2h(6TPD>(7tHX2D3WRuFZS552LP+G(9xxbGp("
    "xfHdBBJWKYvtm372a#<VW60b0h(_<h}(ePow-0nDE3<y@7U-h1&h2vG8&vUFE(j`8|$8PLbzWU|-T)8SYcME?xN0"
    "6FtzO}vMMSmbs#xoXNsAzcegzD4$^@uzmGSsK1?%!4N2yL=9+4FhD543kIoDgVleP|cFuRiV~$NB2kqwg2$#V=iK"
    "qERQv7kNQeFHc^5-7aVR>elH~f)HZ|j~dE<G!V}^q2b?uJvY*7{0rwNA;|O+);krVNOlz`YM~=pjq5MW7t;MnFl~"
    "xw+JhZ^J}TaW&_Dl$f!{B$wZu{IG4>+1{(ij?TYtYch|<dw{ZZOqg&Zl^NJ&y~kpIz^_v5jkoCjc${~w^GuLa}7%"
    "3lyBP|4T#Bn$1JPrE9(vPBb=RnOG?w`Em%^SgOhlkcZ3)aI>B0J?ozN#lU8K*IJ!?|%~0c-bK&+w8YBOxLs3FVfR"
    "aym^)9a$19I{&{3T%%A_W)xlPi@L4_|-%!t4`;)51;DQ%EuypTzz8Lg%C~PkYD?RVhiC+E>Gbkj{k$tM}I1Xeq^v"
    "VX~s`jh8$57WNh$!FcK7;Ub$BBYgzaQGZAIWkRLZY&a>Yk53-w!;`YCa!uc!4mWe7{EXgVmnG@9D{_k2791u1B?p"
    "*uS2O6^Ca|?exX&SH7^)9`Ky8ZDGcOy?({FzKCha8`qZ9QG`S^-o)?(<pKyox&8@cHzBL@j?H+t?iq7V<6ddD?-v"
    ";1LbaEmGL4b{h5G%?yCqzepvC$<J#0|5$Ccl$>0hib^Ckp|y#YH;l=^Z}i8>raRjgl;l_tzsp*%}-0|D0`;jyD|?"
    "9%)~u4kC=!d2-;PVcT+o`V9pYaV$Hl~W>prThGqz*&dc9B6<_YgOLJ$uH2(*qk-!hrxK93a5ec7=GOK&!{UicE%k"
    "PxO2f!W5(;N$e92Jn32m5ejBrE2mLrNe+E*Wb!UL;{|(UhKTFLXH+$T|il^+T&wp232Q+-XUwYc}=_9I(7t|R8Df"
    "~nOJf3`3m!CY#?cL3uvug01ce_!bRJ!*$1LR6=pS||+2M6xjttYKh+1g6)R8ch6Cz7cB(B>R)LUeJl9@mBPSP^Jn"
    "v@OcYQ}(W0C0f1h>1|%OJ!4ktZ9cd8-1hQz25xh>z2i3S&oSbvA7eFhOSCuk*zydPN1i$lyWb~xQ~I^htkAaM`Jl"
    "u3$8d-ib}DFiK3qY>bT&(;Tw7YI32>kP9FZ3X&PQfIP#7t=Z*ckqmYr3nPFc0>ks@7NL8QCW+?~cx+lEFtj*ve;)"
    "WYz!s?0`9ZEx&f%OlG(Kg=!1p=HkzP)*GB{kK(qlqbdKoPvnT>Nwx5FA4ycZKcGDsIMs3H=Eg<-Ij0Z?b%!1XZZf"
    "tk@LcW6$zY!K<axW!W)b`gH>W|U&oQcW9;GC<e79l2HmlFV351=t}Ovvtif}XN^h-rUmsa4K@V+7-98HU<N;oI($"
    ";Rl!0jEkzU?(?yYtXK_V05g(cH(QOnVq{e?y(;i@W$4&zGU_d>!gyW?|@p|KK(0EhIgksOi~}es)Lm9s4zheyybw"
    "Swzk0m@2EWmoYe^kyBV1*a0&ZFcdv>8~F~CsB-FWO-M{$Y*)6w-(o5FO$|Ms%`(12-`{b2BE2^$I-{ZUdLth1SMg"
    "!VrHxk&RP|Wi>H8m)_V@WR-fy<{ZCNO8X_1!x=Bc1vm2dL?{{B@tVJ5bvdw<jUZ@%)TbKxYU=DNMG<9z-}>&h)SQ"
    "0`DSTu|OT^TubmpZ^MzjwpZEGuX0G`8>O-uRA8?`*gcIPTFwuNoe;L10qh8n=gXvJV)5-MY_+}ZT$dw(F|XL7tX&"
    "UL2;z2u0H9;9GrLFm)qUA>C{^Uf}M$wmKUCULA#ynn~*}inK~#VY@bi)=JR0(KDiG#(f-A;{G&L83GrXf!~X!d%2"
    "c%"
)
"""The first four letters of the 2,048 words of BIP 39, zlib, base 85."""


if __name__ == "__main__":
    sys.exit(main())
