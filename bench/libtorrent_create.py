"""Makes a torrent with libtorrent. usage: libtorrent_create.py PATH OUTPUT PIECE_LENGTH v1|v2|hybrid"""
import os
import sys

import libtorrent as lt

path, output, piece_length, version = sys.argv[1:]
flags = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}[version]
files = lt.file_storage()
lt.add_files(files, path)
torrent = lt.create_torrent(files, int(piece_length), flags)
lt.set_piece_hashes(torrent, os.path.dirname(path))
with open(output, "wb") as out:
    out.write(lt.bencode(torrent.generate()))
