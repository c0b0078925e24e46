#!/usr/bin/python3
"""Makes hostile/: one fault a torrent, and codes.json with the code each is refused with. Run it in an empty folder; needs nothing installed."""
import hashlib
import json
import os

PIECE = 16384
HASH = b"\x01" * 20
ROOT = b"\x02" * 32
CODES = {}


def bencode(value):
    if isinstance(value, bool):
        raise TypeError("no booleans in bencoding")
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    pairs = sorted((key.encode() if isinstance(key, str) else key, item) for key, item in value.items())
    return b"d" + b"".join(bencode(key) + bencode(item) for key, item in pairs) + b"e"


def raw(name, code, data):
    with open(f"{name}.torrent", "wb") as out:
        out.write(data)
    CODES[f"{name}.torrent"] = code


def info(case, code, layers=None, /, **changes):
    """An honest single-file v1 torrent with changes; None takes a key away."""
    entries = {"name": "name", "piece length": PIECE, "pieces": HASH, "length": 5}
    entries.update({key.replace("_", " "): value for key, value in changes.items()})
    whole = {"info": {key: value for key, value in entries.items() if value is not None}}
    if layers is not None:
        whole["piece layers"] = layers
    raw(case, code, bencode(whole))


def files(case, code, entries, /, **changes):
    info(case, code, **{"length": None, "files": entries, **changes})


def tree(case, code, file_tree, layers=None, /, **changes):
    info(case, code, layers if layers is not None else {}, **{"length": None, "pieces": None, "meta_version": 2, "file_tree": file_tree, **changes})


def leaf(length, root=ROOT, **more):
    entry = {"length": length, **more}
    if root is not None and length > 0:
        entry["pieces root"] = root
    return {"": entry}


raw("empty", "METAINFO_NOT_DICTIONARY", b"")
raw("list", "METAINFO_NOT_DICTIONARY", b"le")
raw("cut", "BENCODE_END", bencode({"info": {"name": "name"}})[:-3])
raw("deep", "BENCODE_DEPTH", b"d1:a" + b"l" * 5000 + b"e" * 5001)
raw("no-info", "METAINFO_INFO_MISSING", bencode({"announce": "http://tracker.example/"}))
raw("info-list", "METAINFO_INFO_MISSING", bencode({"info": []}))
raw("info-twice", "BENCODE_KEY_DUPLICATE", b"d4:infode4:infodee")
raw("many-entries", "METAINFO_ENTRIES", bencode({"info": {}, **{f"{at:04}": 0 for at in range(1000)}}))
raw("many-info-entries", "METAINFO_ENTRIES", bencode({"info": {f"{at:04}": 0 for at in range(1001)}}))

info("no-name", "METAINFO_NAME", name=None)
info("name-integer", "METAINFO_NAME", name=7)
info("version-1", "METAINFO_VERSION", meta_version=1)
info("version-3", "METAINFO_VERSION", meta_version=3)
info("piece-length-missing", "METAINFO_PIECE_LENGTH", piece_length=None)
info("piece-length-zero", "METAINFO_PIECE_LENGTH", piece_length=0)
info("piece-length-negative", "METAINFO_PIECE_LENGTH", piece_length=-16384)
info("piece-length-huge", "METAINFO_PIECE_LENGTH", piece_length=2**28 + 1)
info("piece-length-string", "METAINFO_PIECE_LENGTH", piece_length="16384")
info("pieces-missing", "METAINFO_PIECES", pieces=None)
info("pieces-integer", "METAINFO_PIECES", pieces=20)
info("pieces-short", "METAINFO_PIECES", pieces=HASH[:19])
info("pieces-odd", "METAINFO_PIECES", pieces=HASH + b"x")
info("pieces-too-few", "METAINFO_PIECES", length=PIECE + 1)
info("pieces-too-many", "METAINFO_PIECES", pieces=2 * HASH)
info("pieces-of-nothing", "METAINFO_PIECES", length=0)
info("pieces-countless", "METAINFO_PIECE_COUNT", piece_length=1, length=2097153)
info("length-missing", "METAINFO_FILES", length=None)
info("length-negative", "METAINFO_FILE_LENGTH", length=-1)
info("length-string", "METAINFO_FILE_LENGTH", length="5")
info("length-huge", "METAINFO_FILE_LENGTH", length=2**50 + 1)
info("length-past-2-53", "METAINFO_FILE_LENGTH", length=2**53)
info("length-past-2-64", "BENCODE_INTEGER_RANGE", length=2**64)

files("files-empty", "METAINFO_FILES", [])
files("files-dictionary", "METAINFO_FILES", {"length": 5})
files("files-of-integers", "METAINFO_FILES", [1, 2])
files("lengths-too-large-together", "METAINFO_TOTAL_LENGTH", [{"length": 2**49, "path": [str(at)]} for at in range(3)], piece_length=2**28)
files("file-without-length", "METAINFO_FILE_LENGTH", [{"path": ["a"]}])
files("path-missing", "METAINFO_PATH", [{"length": 5}])
files("path-empty", "METAINFO_PATH", [{"length": 5, "path": []}])
files("path-of-nothing", "METAINFO_PATH", [{"length": 5, "path": ["", ""]}])
files("path-integer", "METAINFO_PATH", [{"length": 5, "path": [1]}])
files("path-deep", "METAINFO_PATH_DEPTH", [{"length": 5, "path": ["a"] * 65}])
files("path-very-deep", "METAINFO_PATH_DEPTH", [{"length": 5, "path": ["a"] * 2000}])
files("path-long", "METAINFO_PATH_LENGTH", [{"length": 5, "path": ["a" * 200] * 20}])
files("duplicates", "METAINFO_DUPLICATES", [{"length": 5 if at == 0 else 0, "path": ["a"]} for at in range(502)])

tree("tree-missing", "METAINFO_FILE_TREE", None)
tree("tree-list", "METAINFO_FILE_TREE", [])
tree("tree-empty", "METAINFO_FILES", {})
tree("tree-of-empty-folders", "METAINFO_FILES", {"a": {"b": {}}})
tree("tree-is-file", "METAINFO_FILE_TREE", leaf(5))
tree("tree-file-in-folder", "METAINFO_FILE_TREE", {"a": {**leaf(5), "b": leaf(5)}})
tree("tree-file-is-list", "METAINFO_FILE_TREE", {"a": {"": []}})
tree("tree-entry-is-integer", "METAINFO_FILE_TREE", {"a": 5})
deep = leaf(5)
for _ in range(65):
    deep = {"a": deep}
tree("tree-deep", "METAINFO_PATH_DEPTH", deep)
tree("tree-negative-length", "METAINFO_FILE_LENGTH", {"a": leaf(-5)})
tree("tree-without-length", "METAINFO_FILE_LENGTH", {"a": {"": {"pieces root": ROOT}}})
tree("v2-piece-length-odd", "METAINFO_PIECE_LENGTH", {"a": leaf(5)}, piece_length=3 * PIECE)
tree("v2-piece-length-small", "METAINFO_PIECE_LENGTH", {"a": leaf(5)}, piece_length=PIECE // 2)
tree("root-missing", "METAINFO_PIECES_ROOT", {"a": leaf(5, None)})
tree("root-short", "METAINFO_PIECES_ROOT", {"a": leaf(5, ROOT[:31])})
tree("root-zero", "METAINFO_PIECES_ROOT", {"a": leaf(5, bytes(32))})
tree("root-integer", "METAINFO_PIECES_ROOT", {"a": leaf(5, 7)})
pair = b"\x03" * 64
honest = hashlib.sha256(pair).digest()
tree("layer-short", "METAINFO_PIECE_LAYERS", {"a": leaf(2 * PIECE, honest)}, {honest: pair[:32]})
tree("layer-long", "METAINFO_PIECE_LAYERS", {"a": leaf(2 * PIECE, honest)}, {honest: pair + pair[:32]})
tree("layer-odd", "METAINFO_PIECE_LAYERS", {"a": leaf(2 * PIECE, honest)}, {honest: pair[:63]})
tree("layer-false", "METAINFO_PIECE_LAYERS", {"a": leaf(2 * PIECE, honest)}, {honest: pair[:63] + b"x"})
tree("layer-integer", "METAINFO_PIECE_LAYERS", {"a": leaf(2 * PIECE, honest)}, {honest: 7})
tree("v2-pieces-countless", "METAINFO_PIECE_COUNT", {"a": leaf(2097153 * PIECE)})


def hybrid(case, entries, file_tree, /, **changes):
    tree(case, "METAINFO_HYBRID", file_tree, pieces=2 * HASH, files=entries, **changes)


TREE = {"a": leaf(5), "b": leaf(7)}
A, B, PAD = {"length": 5, "path": ["a"]}, {"length": 7, "path": ["b"]}, {"attr": "p", "length": PIECE - 5, "path": [".pad", str(PIECE - 5)]}
hybrid("hybrid-other-name", [A, PAD, {"length": 7, "path": ["c"]}], TREE)
hybrid("hybrid-other-folder", [A, PAD, {"length": 7, "path": ["b", "b"]}], TREE)
hybrid("hybrid-other-length", [A, PAD, {"length": 8, "path": ["b"]}], TREE)
hybrid("hybrid-other-order", [B, {"attr": "p", "length": PIECE - 7, "path": [".pad", "x"]}, A], TREE)
hybrid("hybrid-too-few-in-list", [A], TREE)
hybrid("hybrid-too-few-in-tree", [A, PAD, B], {"a": leaf(5)})
hybrid("hybrid-without-pad", [A, B], TREE)
hybrid("hybrid-short-pad", [A, {**PAD, "length": PIECE - 6}, B], TREE)
hybrid("hybrid-long-pad", [A, {**PAD, "length": 2 * PIECE - 5}, B], TREE)
hybrid("hybrid-two-pads", [A, {**PAD, "length": 5}, {**PAD, "length": PIECE - 10}, B], TREE)
hybrid("hybrid-pad-first", [{**PAD, "length": PIECE}, A, PAD, B], TREE)
hybrid("hybrid-single-other-name", None, {"other": leaf(5)}, length=5)

with open("codes.json", "w") as out:
    json.dump(CODES, out, indent=1, sort_keys=True)
    out.write("\n")
print(len(CODES), "torrents", sum(os.path.getsize(name) for name in CODES), "bytes")
