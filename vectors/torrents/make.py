#!/usr/bin/python3
"""Makes the torrents of this folder with other people's programs (see README.md). Run it in an empty folder."""
import hashlib
import json
import os
import shutil
import subprocess

import libtorrent as lt

PIECE_LENGTH = 32768
ALBUM = [("a.txt", 10), ("b/x", 5), ("b-x", 7), ("b/big.bin", 100000), ("b.txt", 3), ("empty", 0), ("z/exact", 32768),
         ("\u00dcn\u00efcode/\u00e4 \u20ac.bin", 20000), ("z/last empty", 0), ("UPPER", 16384)]
LONE = [("one", 40000)]
SINGLE = [("single.bin", 50000)]


def content(path, length):
    salt = len(path.encode())
    return bytes((at * 31 + (at >> 8) * 17 + salt) & 255 for at in range(length))


def write(root, files):
    for path, length in files:
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full) or ".", exist_ok=True)
        with open(full, "wb") as out:
            out.write(content(path, length))


def libtorrent(out, root, files, flags):
    storage = lt.file_storage()
    for path, length in files:
        storage.add_file(os.path.join(root, path) if root else path, length)
    torrent = lt.create_torrent(storage, PIECE_LENGTH, flags)
    torrent.add_tracker("http://tracker.example/announce", 0)
    torrent.set_comment("made by libtorrent")
    lt.set_piece_hashes(torrent, ".")
    entry = torrent.generate()
    entry.pop(b"creation date", None)
    save(out, lt.bencode(entry))


def program(out, *command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open("made.torrent", "rb") as made:
        data = made.read()
    os.remove("made.torrent")
    save(out, data)


EXPECTED = {}


def save(out, data):
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "wb") as file:
        file.write(data)
    info = lt.torrent_info(lt.bdecode(data))
    hashes = info.info_hashes()
    files = info.files()
    pads = [files.file_flags(at) & lt.file_flags_t.flag_pad_file for at in range(files.num_files())]
    EXPECTED[out] = {
        "v1": str(hashes.v1) if hashes.has_v1() else None,
        "v2": str(hashes.v2) if hashes.has_v2() else None,
        "name": info.name(),
        "pieceCount": info.num_pieces(),
        "files": [[files.file_path(at), files.file_size(at)] for at in range(files.num_files()) if not pads[at]],
    }


write("album", ALBUM)
write("lone", LONE)
write(".", SINGLE)
BYTE_ORDER = sorted(ALBUM, key=lambda file: file[0].encode())
flags = lt.create_torrent
for name, root, files in [("album", "album", BYTE_ORDER), ("lone", "lone", LONE), ("single", "", SINGLE)]:
    libtorrent(f"v1/libtorrent-{name}.torrent", root, files, flags.v1_only)
    libtorrent(f"v2/libtorrent-{name}.torrent", root, files, flags.v2_only)
    libtorrent(f"hybrid/libtorrent-{name}.torrent", root, files, 0)
    libtorrent(f"hybrid/libtorrent-{name}-no-tail-pad.torrent", root, files, flags.canonical_files_no_tail_padding)
for name, path in [("album", "album"), ("lone", "lone"), ("single", "single.bin")]:
    program(f"v1/mktorrent-{name}.torrent", "mktorrent", "-d", "-l", "15", "-o", "made.torrent", path)
    program(f"v1/transmission-{name}.torrent", "transmission-create", "-s", "32", "-o", "made.torrent", path)
program("v1/mktorrent-private.torrent", "mktorrent", "-d", "-p", "-s", "SOURCE", "-c", "a comment", "-l", "15",
        "-a", "http://one.example/announce,http://two.example/announce", "-a", "udp://three.example:80",
        "-w", "http://seed.example/files/", "-o", "made.torrent", "single.bin")
with open("expected.json", "w") as out:
    json.dump(EXPECTED, out, indent=1, ensure_ascii=False, sort_keys=True)
    out.write("\n")
for made in ["album", "lone"]:
    shutil.rmtree(made)
os.remove("single.bin")
