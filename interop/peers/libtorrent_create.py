"""libtorrent as a creator. usage: libtorrent_create.py PATH PIECE_LENGTH v1|v2|hybrid OUT"""
import os
import sys

import libtorrent as lt

path, piece_length, version, out = sys.argv[1:]
storage = lt.file_storage()
lt.add_files(storage, path)
flags = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}[version]
torrent = lt.create_torrent(storage, piece_size=int(piece_length), flags=flags)
lt.set_piece_hashes(torrent, os.path.dirname(path))
with open(out, "wb") as file:
    file.write(lt.bencode(torrent.generate()))
